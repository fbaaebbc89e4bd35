# The trainer of the schedules part: nine steps with a loss that x decides. It reports, saves and ends at HPO_TARGET_STEP. Notes
# each step that it begins (one write a line) before it prints it.
for arg in "$@"; do case $arg in x=*) x=${arg#x=} ;; esac; done
file=$HPO_CHECKPOINT_DIR/step
step=0
if [ -e "$file" ]; then read -r step <"$file"; fi
while [ "$step" -lt "${HPO_TARGET_STEP:-9}" ]; do
  step=$((step + 1))
  echo "$HPO_TRIAL $step" >>records
  sleep "$TORTURE_PAUSE_S"
  echo "METRIC step=$step loss=$((x * 7 % 11)).$((9 - step))"
  echo "$step" >"$file.new"
  mv "$file.new" "$file"
done
