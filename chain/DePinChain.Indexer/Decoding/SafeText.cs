using System.Globalization;
using System.Text;

namespace DePinChain.Indexer.Decoding;

/// <summary>Text that strangers put on the chain, made inert: without control characters, without marks that turn the direction of the
/// text around it, without invisible letters.</summary>
public static class SafeText
{
    /// <summary>The text with each such character replaced by U+FFFD, so that nothing disappears unseen, cut at
    /// <paramref name="lengthMax"/>.</summary>
    public static string Of(string text, int lengthMax = 256)
    {
        var safe = new StringBuilder(Math.Min(text.Length, lengthMax) + 1);
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (safe.Length >= lengthMax) return safe.Append('…').ToString();
            safe.Append(IsVisible(rune) ? rune.ToString() : "\uFFFD");
        }

        return safe.ToString();
    }

    /// <summary>The text as the search compares it; empty when nothing is left.</summary>
    public static string Fold(string text, int lengthMax)
    {
        var folded = new StringBuilder();
        foreach (Rune rune in text.Trim().EnumerateRunes())
        {
            if (folded.Length + rune.Utf16SequenceLength > lengthMax) break;
            if (IsVisible(rune)) folded.Append(Rune.ToLowerInvariant(rune).ToString());
        }

        return folded.ToString().Trim();
    }

    private static bool IsVisible(Rune rune) => Rune.GetUnicodeCategory(rune) switch
    {
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse
            or UnicodeCategory.OtherNotAssigned or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator => false,
        _ => rune.Value is not (0x115F or 0x1160 or 0x3164 or 0xFFA0 or 0x2800), // letters that draw nothing
    };
}
