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
