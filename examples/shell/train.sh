#!/bin/sh
# A trainer in ten lines of sh: hpo passes key=value arguments, the trainer prints METRIC lines.
for arg in "$@"; do
  case $arg in
    width=*) width=${arg#*=} ;;
    depth=*) depth=${arg#*=} ;;
  esac
done
for epoch in 1 2 3; do
  echo "METRIC epoch=$epoch cost=$(((width - 6) * (width - 6) + depth * 2 + 12 / epoch))"
done
