using System.Diagnostics.CodeAnalysis;

namespace DePinChain.Primitives;

/// <summary>Reads a value and leaves the reader behind it.</summary>
/// <exception cref="RlpException">What stands there is not such a value.</exception>
public delegate T RlpRead<out T>(ref RlpReader reader);

/// <summary>The border at which bytes from anyone become a value or a reason.</summary>
public static class RlpDecoding
{
    /// <summary>Reads exactly one value; trailing bytes are refused.</summary>
    public static bool TryDecode<T>(
        ReadOnlySpan<byte> encoded, RlpRead<T> read, [NotNullWhen(true)] out T? value, [NotNullWhen(false)] out string? why)
        where T : class
    {
        try
        {
            RlpReader reader = new(encoded);
            T decoded = read(ref reader);
            reader.ExpectEnd();
            (value, why) = (decoded, null);
            return true;
        }
        catch (RlpException fault)
        {
            (value, why) = (null, fault.Message);
            return false;
        }
    }
}
