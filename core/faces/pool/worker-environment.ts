/**
 * How the process of a face worker is started. It decodes files of strangers with native code, so that it is given
 * nothing of the host's environment that it does not need: no address and no key.
 */

/**
 * V8's helper threads for garbage collection take a core from the models: without them two workers do 1.85 times the
 * work of one on two cores, with them 1.75. JavaScript's own memory is small: images and models lie outside of it, so
 * that more than this is an image gone wrong.
 */
export const workerFlags = ['--single-threaded-gc', '--max-old-space-size=512']

/** Where the system and its temporary files are found, and the libraries of accelerators. */
const needed = [
  /^(PATH|HOME|USERPROFILE|TMPDIR|TEMP|TMP|SYSTEMROOT|WINDIR|(LOCAL)?APPDATA|PROGRAMDATA|LANG|LC_.*|XDG_.*)$/i,
  /^(LD_LIBRARY_PATH|DYLD_.*|CUDA_.*|NVIDIA_.*|VK_.*)$/i,
]

/** @param host the environment of the host */
export function workerEnvironment(host: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept = Object.entries(host).filter(([name]) => needed.some((names) => names.test(name)))
  return {
    ...Object.fromEntries(kept),
    // One image at a time is decoded: more threads would only hand it to each other.
    UV_THREADPOOL_SIZE: '1',
    // glibc's: a heap for each thread, all of them used in turns, would hold a sixth more for large photos.
    MALLOC_ARENA_MAX: '1',
    // In the desktop app this program is Electron, which is to be Node here.
    ...(process.versions['electron'] ? { ELECTRON_RUN_AS_NODE: '1' } : {}),
  }
}
