namespace DePinChain.Modules.Sdk;

/// <summary>
/// Makes a public method a function of the module's ABI. A first parameter <see cref="Call"/> makes it a transaction; without it the method
/// is a view, which may take a first parameter <see cref="BlockContext"/>.
/// </summary>
[AttributeUsage(AttributeTargets.Method, Inherited = false)]
public sealed class FunctionAttribute : Attribute
{
    /// <summary>Name in the ABI; the method's name in camel case when not given.</summary>
    public string? Name { get; set; }

    /// <summary>Gas of the function's own computation, charged before it runs, beside what storage, logs and cryptography charge.</summary>
    public ulong Gas { get; set; }

    /// <summary>The fork from whose height on the function exists; always when not given.</summary>
    public string? Since { get; set; }

    /// <summary>The fork from whose height on the function no longer exists; never when not given.</summary>
    public string? Until { get; set; }
}

/// <summary>Lets a function be called with native value. Every other function reverts with <see cref="NotPayable"/> when value comes along.</summary>
[AttributeUsage(AttributeTargets.Method, Inherited = false)]
public sealed class PayableAttribute : Attribute;

/// <summary>The most bytes of a string or byte array, or elements of an array, that the ABI lets in; checked before anything is allocated.</summary>
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
