using System.Globalization;
using System.Numerics;

namespace DePinChain.Modules.Generators;

/// <summary>The range of a governed parameter, as [Bounds] declares it.</summary>
internal static class ParameterRange
{
    private const string Unit = " DPN";

    /// <summary>What is wrong with the field as a parameter; null when nothing.</summary>
    public static string? Check(Field field)
    {
        if (field.Type.Kind == ValueKind.Bool) return null;
        if (field.Type.Kind is not (ValueKind.Unsigned or ValueKind.UInt256 or ValueKind.Amount or ValueKind.Enum))
            return "is no number, amount, flag or enum";
        if (field.Min is null || field.Max is null) return "has no [Bounds]";
        if (Parse(field.Min) is not { } min || Parse(field.Max) is not { } max)
            return "has [Bounds] that are neither digits nor amounts such as \"1.5 DPN\"";
        if (min > max) return "has [Bounds] that exclude every value";
        return max >= BigInteger.One << (8 * field.Type.Size) ? "has [Bounds] that its type cannot hold" : null;
    }

    /// <summary>A bound in decimal digits; a flag has 0 and 1.</summary>
    public static string Min(Field field) =>
        field.Min is { } min && Parse(min) is { } value ? value.ToString(CultureInfo.InvariantCulture) : "0";

    /// <inheritdoc cref="Min"/>
    public static string Max(Field field) =>
        field.Max is { } max && Parse(max) is { } value ? value.ToString(CultureInfo.InvariantCulture) : "1";

    private static BigInteger? Parse(string text)
    {
        if (!text.EndsWith(Unit, System.StringComparison.Ordinal))
            return BigInteger.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out BigInteger number) ? number : null;

        string[] parts = text.Substring(0, text.Length - Unit.Length).Split('.');
        if (parts.Length > 2 || (parts.Length == 2 && parts[1].Length is 0 or > 18)) return null;
        string digits = parts[0] + (parts.Length == 2 ? parts[1] : "").PadRight(18, '0');
        bool isNumber = BigInteger.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out BigInteger wei);
        return parts[0].Length > 0 && isNumber ? wei : null;
    }
}
