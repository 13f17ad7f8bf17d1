namespace DePinChain.Modules.Sdk;

/// <summary>
/// The most bytes of a string or byte array, or elements of an array, that the ABI lets in; checked before anything is allocated.
/// </summary>
/// <param name="max">The largest accepted length.</param>
[AttributeUsage(AttributeTargets.Parameter | AttributeTargets.Property, Inherited = false)]
public sealed class LimitAttribute(int max) : Attribute
{
    /// <summary>Bytes of a string when nothing is declared.</summary>
    public const int StringBytesDefault = 1_024;

    /// <summary>Bytes of a byte array when nothing is declared: what is verified natively is at most this long.</summary>
    public const int BytesDefault = 65_536;

    /// <summary>Elements of an array when nothing is declared.</summary>
    public const int ElementsDefault = 256;

    /// <summary>The largest accepted length.</summary>
    public int Max { get; } = max;
}
