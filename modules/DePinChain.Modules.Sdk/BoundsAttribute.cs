namespace DePinChain.Modules.Sdk;

/// <summary>The range of a governed parameter: what governance may set, and what genesis may.</summary>
[AttributeUsage(AttributeTargets.Parameter | AttributeTargets.Property, Inherited = false)]
public sealed class BoundsAttribute : Attribute
{
    /// <summary>A range of numbers, both ends included.</summary>
    public BoundsAttribute(ulong min, ulong max)
    {
        Min = min.ToString(System.Globalization.CultureInfo.InvariantCulture);
        Max = max.ToString(System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>A range of numbers beyond 64 bits in decimal digits, or of amounts such as "1.5 DPN"; both ends included.</summary>
    public BoundsAttribute(string min, string max)
    {
        Min = min;
        Max = max;
    }

    /// <summary>The smallest allowed value.</summary>
    public string Min { get; }

    /// <summary>The largest allowed value.</summary>
    public string Max { get; }
}
