using System.Globalization;
using System.Text.RegularExpressions;

namespace DePinChain.Database;

/// <summary>Reads the time that writes stood still out of the library's report: <c>Cumulative stall: 00:01:2.500 H:M:S, …</c>.</summary>
internal static partial class RocksStall
{
    public static double SecondsIn(string report)
    {
        Match found = Line().Match(report);
        if (!found.Success) return 0;
        return (double.Parse(found.Groups[1].ValueSpan, CultureInfo.InvariantCulture) * 3600)
            + (double.Parse(found.Groups[2].ValueSpan, CultureInfo.InvariantCulture) * 60)
            + double.Parse(found.Groups[3].ValueSpan, CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(@"Cumulative stall: (\d+):(\d+):(\d+\.?\d*)")]
    private static partial Regex Line();
}
