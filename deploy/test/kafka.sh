#!/bin/bash
# Starts a broker as Apache's own image does: KAFKA_A_B in the environment is a.b in its settings.
set -eu
settings=/tmp/server.properties
env | while IFS='=' read -r name value; do
    case $name in
        KAFKA_HEAP_OPTS | KAFKA_OPTS) ;;
        KAFKA_*) printf '%s=%s\n' "$(printf %s "${name#KAFKA_}" | tr 'A-Z_' 'a-z.')" "$value" ;;
    esac
done >"$settings"
java=(java -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -cp '/opt/kafka/libs/*')
"${java[@]}" -Xmx128m kafka.tools.StorageTool format --ignore-formatted -t "$CLUSTER_ID" -c "$settings"
# shellcheck disable=SC2086 # options, meant to be split
exec "${java[@]}" ${KAFKA_HEAP_OPTS:-} kafka.Kafka "$settings"
