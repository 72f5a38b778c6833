import { spawn, type ChildProcess } from 'node:child_process';

/**
 * Reads `+ID` and `-ID` for process groups that begin and end. Its input ends when the server ends,
 * for whatever reason. Then it ends the remaining groups. helm needs the time between the two
 * signals to give up its locks.
 */
const SCRIPT = `
groups=' '
while read -r line; do
  id=\${line#?}
  case $line in
    +*) groups="$groups$id " ;;
    -*) case $groups in *" $id "*) groups="\${groups%% $id *} \${groups#* $id }" ;; esac ;;
  esac
done
for id in $groups; do kill -s TERM -- "-$id"; done
[ "$groups" = ' ' ] || sleep 2
for id in $groups; do kill -s KILL -- "-$id"; done
`;

/**
 * Ends the programs that this server has started when the server itself is gone, even if it was
 * killed. One shell watches all of them. It starts with the first.
 */
class Watchdog {
  private shell: ChildProcess | undefined;
  private readonly groups = new Set<number>();

  /** From now on the process group with this id ends with the server. */
  add(group: number): void {
    this.groups.add(group);
    if (this.shell) this.tell(`+${group}`);
    else this.start();
  }

  /** The group has ended. Its id may soon be reused. */
  remove(group: number): void {
    this.groups.delete(group);
    this.tell(`-${group}`);
  }

  /** A shell that was ended is started again, and gets the list of everything that runs. */
  private start(): void {
    const shell = spawn('sh', ['-c', SCRIPT], {
      // A session of its own: what a terminal sends to the server must not end it first.
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    this.shell = shell;
    const lost = () => {
      if (this.shell === shell) this.shell = undefined;
    };
    shell.once('error', lost).once('exit', lost);
    shell.stdin?.on('error', lost);
    shell.unref();
    (shell.stdin as { unref?: () => void } | null)?.unref?.();
    for (const group of this.groups) this.tell(`+${group}`);
  }

  private tell(line: string): void {
    this.shell?.stdin?.write(`${line}\n`);
  }
}

/** The watchdog of this process. */
export const watchdog = new Watchdog();
