#!/bin/sh
# The same trainer with more epochs, for a scheduler: it saves each epoch, resumes after the last one that it saved, and ends at
# the epoch that hpo names.
for arg in "$@"; do
  case $arg in
    width=*) width=${arg#*=} ;;
    depth=*) depth=${arg#*=} ;;
  esac
done
saved=${HPO_CHECKPOINT_DIR:-.}/epoch
epoch=0
if [ -e "$saved" ]; then read -r epoch <"$saved"; fi
while [ "$epoch" -lt "${HPO_TARGET_STEP:-27}" ]; do
  epoch=$((epoch + 1))
  echo "METRIC epoch=$epoch cost=$(((width - 6) * (width - 6) + depth * 2 + 12 / epoch))"
  echo "$epoch" >"$saved.new"
  mv "$saved.new" "$saved" # replaces the file as a whole
done
