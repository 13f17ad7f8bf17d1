using System.Globalization;
using DePinChain.Primitives;

namespace DePinChain.Explorer.Parts;

/// <summary>Numbers and times as people read them; the exact value always stands beside, in a title or a file.</summary>
public static class Show
{
    private const int Decimals = 18;

    /// <summary>1,234,567.</summary>
    public static string Number(long number) => number.ToString("#,0", CultureInfo.InvariantCulture);

    /// <summary>Digits in groups of three; what is no number stays as it is.</summary>
    public static string Grouped(string digits)
    {
        bool isNegative = digits.StartsWith('-');
        string whole = isNegative ? digits[1..] : digits;
        if (whole.Length <= 3 || !whole.All(char.IsAsciiDigit)) return digits;
        int first = whole.Length % 3;
        IEnumerable<string> groups = Enumerable.Range(0, whole.Length / 3).Select(i => whole.Substring(first + (3 * i), 3));
        string text = string.Join(',', first > 0 ? groups.Prepend(whole[..first]) : groups);
        return isNegative ? "-" + text : text;
    }

    /// <summary>Wei in DPN with at most six decimals, never rounded up; what is smaller is said to be.</summary>
    public static string Dpn(string wei, int decimalsMax = 6)
    {
        bool isNegative = wei.StartsWith('-');
        string digits = (isNegative ? wei[1..] : wei).PadLeft(Decimals + 1, '0');
        if (!digits.All(char.IsAsciiDigit)) return wei;
        string whole = Grouped(digits[..^Decimals]);
        string all = digits[^Decimals..];
        string part = all[..decimalsMax].TrimEnd('0');
        bool isTiny = whole == "0" && part.Length == 0 && all.Any(digit => digit != '0');
        string sign = isNegative ? "−" : "";
        if (isTiny) return $"{sign}<0.{new string('0', decimalsMax - 1)}1";
        return part.Length > 0 ? $"{sign}{whole}.{part}" : sign + whole;
    }

    public static string Dpn(UInt128 wei, int decimalsMax = 6) => Dpn(wei.ToString(CultureInfo.InvariantCulture), decimalsMax);

    /// <summary>10^-9 US dollars.</summary>
    public static string Usd(long nano) => (nano / 1_000_000_000m).ToString("$#,0.########", CultureInfo.InvariantCulture);

    /// <summary>Wei per gas in gwei.</summary>
    public static string Gwei(UInt128 wei)
    {
        const ulong WeiPerGwei = 1_000_000_000;
        UInt128 whole = wei / WeiPerGwei;
        string part = ((ulong)(wei % WeiPerGwei)).ToString("D9", CultureInfo.InvariantCulture)[..4].TrimEnd('0');
        return Grouped(whole.ToString(CultureInfo.InvariantCulture)) + (part.Length > 0 ? "." + part : "");
    }

    /// <summary>0x1234…abcd.</summary>
    public static string Short(string hex, int head = 6, int tail = 4) =>
        hex.Length <= head + tail + 2 ? hex : $"{hex[..(head + 2)]}…{hex[^tail..]}";

    public static string Short(Address address) => Short(address.ToString(), 4, 4);

    /// <summary>2026-11-22 10:00:01 UTC.</summary>
    public static string Utc(long seconds) =>
        DateTimeOffset.FromUnixTimeSeconds(Math.Clamp(seconds, 0, 253_402_300_799)).UtcDateTime
            .ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);

    /// <summary>For the datetime attribute.</summary>
    public static string Iso(long seconds) =>
        DateTimeOffset.FromUnixTimeSeconds(Math.Clamp(seconds, 0, 253_402_300_799)).UtcDateTime
            .ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>12 s ago; the clock of a localnet may run ahead of the machine's.</summary>
    public static string Ago(long seconds)
    {
        long passed = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() - seconds;
        return passed switch
        {
            < -60 => $"in {Span(-passed)}",
            <= 0 => "now",
            _ => $"{Span(passed)} ago",
        };
    }

    /// <summary>A length of time in its two greatest units.</summary>
    public static string Span(long seconds) => seconds switch
    {
        < 60 => $"{seconds} s",
        < 3_600 => $"{seconds / 60} min",
        < 86_400 => $"{seconds / 3_600} h {seconds % 3_600 / 60} min",
        _ => $"{seconds / 86_400} d {seconds % 86_400 / 3_600} h",
    };

    /// <summary>Bytes in binary units.</summary>
    public static string Bytes(UInt128 bytes)
    {
        string[] units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];
        int unit = 0;
        double value = (double)bytes;
        while (value >= 1024 && unit < units.Length - 1) (value, unit) = (value / 1024, unit + 1);
        return $"{value.ToString(value >= 100 || unit == 0 ? "0" : "0.##", CultureInfo.InvariantCulture)} {units[unit]}";
    }

    /// <summary>A part of a whole in per cent.</summary>
    public static string Percent(UInt128 part, UInt128 whole, int decimals = 2) => whole == 0 ? "–"
        : ((double)part / (double)whole * 100).ToString("0." + new string('#', decimals), CultureInfo.InvariantCulture) + " %";

    /// <summary>10^-18 parts in per cent.</summary>
    public static string Wad(UInt128 wad) => Percent(wad, 1_000_000_000_000_000_000);

    /// <summary>camelCase as words: paidBlocks becomes paid blocks.</summary>
    public static string Words(string name) => string.Concat(name.Select((letter, i) =>
        char.IsUpper(letter) && i > 0 && !char.IsUpper(name[i - 1]) ? " " + char.ToLowerInvariant(letter) : letter.ToString()));
}
