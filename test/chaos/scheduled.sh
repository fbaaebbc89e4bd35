# The trainer of the schedules part: nine steps with a loss that x decides, and a sum of x over the steps, which shows whose
# checkpoint it continues. It reports, saves and ends at HPO_TARGET_STEP. TORTURE_TRAINER says what else it may do:
# ignores: it ignores its target. slow: as ignores, and it writes over its checkpoint for a tenth of a second. crashes: the first
# save of steps 2 and 5 of each trial ends it.
# Notes its target, each step that it begins (one write a line) before it prints it, and a checkpoint that is torn.
for arg in "$@"; do case $arg in x=*) x=${arg#x=} ;; esac; done
file=$HPO_CHECKPOINT_DIR/state
step=0 sum=0 end=none
if [ -e "$file" ]; then
  read -r step sum end <"$file"
  if [ "$end" != end ]; then
    echo "$HPO_TRIAL torn" >>records
    step=0 sum=0
  fi
fi
echo "$HPO_TRIAL to:${HPO_TARGET_STEP:-9}" >>records
case $TORTURE_TRAINER in ignores | slow) last=9 ;; *) last=${HPO_TARGET_STEP:-9} ;; esac

save() {
  case $TORTURE_TRAINER in
  slow)
    {
      printf '%s ' "$step"
      sleep 0.1
      echo "$sum end"
    } >"$file"
    return
    ;;
  crashes)
    case $step in 2 | 5)
      if ! [ -e "crashed-$HPO_TRIAL-$step" ]; then
        printf '%s ' "$step" >"$file.new"
        touch "crashed-$HPO_TRIAL-$step"
        exit 7
      fi
      ;;
    esac
    ;;
  esac
  echo "$step $sum end" >"$file.new"
  mv "$file.new" "$file"
}

while [ "$step" -lt "$last" ]; do
  step=$((step + 1)) sum=$((sum + x))
  echo "$HPO_TRIAL $step" >>records
  sleep "$TORTURE_PAUSE_S"
  echo "METRIC step=$step loss=$((x * 7 % 11)).$((9 - step)) sum=$sum"
  save
done
