using System.Globalization;
using System.Runtime.InteropServices;

namespace DePinChain.Node.Homes;

/// <summary>What the system says of its own clock: a validator whose clock is wrong by seconds proposes in vain.</summary>
internal static partial class MachineClock
{
    // struct timex on 64-bit Linux (adjtimex(2)): modes at 0, offset at 8, esterror at 32, status at 40, padded to 208 bytes.
    private const int TimexBytes = 208;
    private const int ErrorAt = 32;
    private const int Unsynchronised = 5;
    private const double ErrorMaxSeconds = 0.5;

    public static Finding Look()
    {
        Span<byte> timex = stackalloc byte[TimexBytes];
        timex.Clear(); // modes 0 only asks
        int state = Adjust(ref MemoryMarshal.GetReference(timex));
        if (state < 0) return Finding.Odd("clock", "the system does not say whether its clock is synchronised");
        if (state == Unsynchronised)
            return Finding.Odd("clock", "the system's clock is not synchronised, as in most containers; see that the host's is (NTP)");
        double error = MemoryMarshal.Read<long>(timex[ErrorAt..]) / 1e6;
        string text = string.Create(CultureInfo.InvariantCulture, $"synchronised, at most {error:0.000} s off by its own estimate");
        return error <= ErrorMaxSeconds ? Finding.Good("clock", text) : Finding.Odd("clock", text);
    }

    [LibraryImport("libc", EntryPoint = "adjtimex")]
    private static partial int Adjust(ref byte timex);
}
