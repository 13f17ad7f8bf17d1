using System.Runtime.InteropServices;

namespace DePinChain.Node.Processes;

/// <summary>What an operator without root may do to a process of their own.</summary>
internal static partial class Signals
{
    private const int Continue = 18;
    private const int StopHard = 19;
    private const int FileTooBig = 25;
    private const int FileSizeLimit = 1;
    private const nint Ignore = 1;

    /// <summary>Freezes a process where it stands (SIGSTOP).</summary>
    public static void Pause(int process) => _ = Kill(process, StopHard);

    /// <summary>Lets a frozen process go on (SIGCONT).</summary>
    public static void Resume(int process) => _ = Kill(process, Continue);

    /// <summary>
    /// Has writes beyond a file size limit fail with an error, as on a full disk, instead of ending the process (setrlimit(2)).
    /// </summary>
    public static void IgnoreFileTooBig() => _ = SetHandler(FileTooBig, Ignore);

    /// <summary>Lets no write of a process to a file succeed any more: a disk that is full until it is started again.</summary>
    /// <returns>False when the system refuses.</returns>
    public static bool FillDisk(int process)
    {
        Limits limits = default;
        if (ChangeLimit(process, FileSizeLimit, 0, ref limits) != 0) return false;
        Limits full = limits with { Current = 0 };
        return SetLimit(process, FileSizeLimit, ref full, 0) == 0;
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);

    [LibraryImport("libc", EntryPoint = "signal")]
    private static partial nint SetHandler(int signal, nint handler);

    [LibraryImport("libc", EntryPoint = "prlimit")]
    private static partial int ChangeLimit(int process, int resource, nint replacement, ref Limits old);

    [LibraryImport("libc", EntryPoint = "prlimit")]
    private static partial int SetLimit(int process, int resource, ref Limits replacement, nint old);

    // struct rlimit on 64-bit Linux.
    [StructLayout(LayoutKind.Sequential)]
    private record struct Limits(ulong Current, ulong Max);
}
