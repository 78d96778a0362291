#!/usr/bin/env python3
"""What a store promises about processes: check-store.py IMGTOOL [KILLS]

- A process that saves images is killed (SIGKILL) at random instants, KILLS times (1,000), in two stores at once. After each, every save whose id was printed is
  there, every image that a record names is whole, and after gc nothing is left over.
- Four processes save 250 images each into one store: 1,000 records with ids of their own, all images whole.
- Who finds the store locked ends with 75; readers need no lock.
"""
import concurrent.futures, fcntl, json, os, random, shutil, signal, subprocess, sys, tempfile, time

TOOL = os.path.abspath(sys.argv[1])
KILLS = int(sys.argv[2]) if len(sys.argv) > 2 else 1000
PICTURE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "TestImages", "rgb-8.png")
# Waiting for a disk is no part of what is tested; what is written before SIGKILL is there after it in any file system.
MEMORY = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None


def store(root, *arguments):
    done = subprocess.run([TOOL, "store", *arguments, "--store", root, "--json"], capture_output=True, text=True)
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()]


def sound(root, records=None):
    """No record without its images; after gc no file without its record."""
    code, _ = store(root, "gc", "--grace", "0s")
    assert code == 0
    code, lines = store(root, "check")
    assert code == 0 and len(lines) == 1 and lines[0]["orphan"] == 0, lines
    if records is not None: assert lines[0]["records"] == records == lines[0]["images"], lines
    return lines[0]["records"]


def killed(work, seed, wanted):
    """A process saves, and saves over what it saved, and is killed; another goes on."""
    root, chance = os.path.join(work, f"killed{seed}"), random.Random(seed)
    returned, kills, turn = set(), 0, -1
    while kills < wanted:
        turn += 1
        # A process that is done before its kill does not count, but something is wrong where most are.
        assert turn < 4 * wanted, f"only {kills} of {turn} processes were still at it when they were killed"
        over = ["--id", str(chance.choice(sorted(returned)))] if returned and turn % 3 == 2 else []
        files = [PICTURE] * (1 if over else 30)
        process = subprocess.Popen(
            [TOOL, "store", "save", *files, "--model", "Photo", "--store", root, "--upload-to", "p/%Y", *over],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        time.sleep(chance.uniform(0.002, 0.012 if over else 0.04))
        process.send_signal(signal.SIGKILL)
        output = process.communicate()[0].decode()
        kills += process.returncode == -signal.SIGKILL
        # A line counts once its end is there.
        returned.update(int(line) for line in output.split("\n")[:-1])
        code, lines = store(root, "list", "--model", "Photo")
        assert code == 0, lines
        there = {line["id"] for line in lines}
        assert returned <= there, f"run {turn}: {sorted(returned - there)} are lost"
        sound(root, len(there))
        if turn % 50 == 49:
            # A long list would take the time that killing needs.
            shutil.rmtree(root)
            returned.clear()
    print(f"killed {kills} times in the middle, in {turn + 1} runs: nothing lost, nothing cut, nothing left over")


def four(work):
    root = os.path.join(work, "four")
    begun = time.monotonic()
    processes = [
        subprocess.Popen([TOOL, "store", "save", *[PICTURE] * 250, "--model", "Photo", "--store", root, "--wait", "60"], stdout=subprocess.PIPE)
        for _ in range(4)]
    ids = [int(line) for process in processes for line in process.communicate()[0].split()]
    assert all(process.returncode == 0 for process in processes), [process.returncode for process in processes]
    assert sorted(ids) == list(range(1, 1001)), "an id was given twice"
    sound(root, 1000)
    print(f"4 processes saved 250 images each in {time.monotonic() - begun:.1f} s")


def locked(work):
    root = os.path.join(work, "locked")
    assert store(root, "save", PICTURE, "--model", "Photo")[0] == 0
    with open(os.path.join(root, ".lock")) as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        code, lines = store(root, "save", PICTURE, "--model", "Photo", "--wait", "0.2")
        assert code == 75 and not lines[0]["ok"], (code, lines)
        assert store(root, "get", "1", "--model", "Photo")[0] == 0
    sound(root, 1)
    print("a locked store is told by exit code 75")


work = tempfile.mkdtemp(dir=MEMORY)
try:
    locked(work)
    four(work)
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        list(pool.map(killed, [work, work], [1, 2], [KILLS // 2, KILLS - KILLS // 2]))
finally:
    shutil.rmtree(work, ignore_errors=True)
