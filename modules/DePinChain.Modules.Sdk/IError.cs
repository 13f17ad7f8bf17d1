namespace DePinChain.Modules.Sdk;

/// <summary>A custom error of Solidity's ABI. The generator implements it on <see cref="ErrorAttribute"/> types.</summary>
public interface IError
{
    /// <summary>The selector and the fields in Solidity's ABI: a revert's return data.</summary>
    byte[] Encode();
}


/// <summary>A custom error that can be read back from return data.</summary>
/// <typeparam name="TSelf">The error itself.</typeparam>
public interface IError<TSelf> : IError
    where TSelf : struct, IError<TSelf>
{
    /// <summary>The first four bytes of keccak256 of the canonical signature.</summary>
    static abstract uint ErrorSelector { get; }

    /// <summary>Reads return data. False when it is another error or malformed.</summary>
    static abstract bool TryDecode(ReadOnlySpan<byte> returnData, out TSelf decoded);
}
