using System.Runtime.InteropServices;

namespace DePinChain.Node.Metrics;

/// <summary>How far the machine's clock is off, as the kernel knows from whoever keeps it (NTP).</summary>
internal static partial class SystemClock
{
    // struct timex on 64-bit Linux (adjtimex(2)): modes at 0, offset at 8, status at 40; 208 bytes in all.
    private const int TimexBytes = 208;
    private const int OffsetAt = 8;
    private const int StatusAt = 40;
    private const int InNanoseconds = 0x2000;

    /// <summary>Seconds to go; 0 where nobody keeps the clock, as in most containers.</summary>
    public static double OffsetSeconds()
    {
        if (!OperatingSystem.IsLinux()) return 0;
        Span<byte> timex = stackalloc byte[TimexBytes];
        timex.Clear(); // modes 0 only asks
        if (Adjust(ref MemoryMarshal.GetReference(timex)) < 0) return 0;
        bool isNano = (MemoryMarshal.Read<int>(timex[StatusAt..]) & InNanoseconds) != 0;
        return MemoryMarshal.Read<long>(timex[OffsetAt..]) / (isNano ? 1e9 : 1e6);
    }

    [LibraryImport("libc", EntryPoint = "adjtimex")]
    private static partial int Adjust(ref byte timex);
}
