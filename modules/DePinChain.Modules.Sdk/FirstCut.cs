using DePinChain.Primitives;

namespace DePinChain.Modules.Sdk;

public readonly partial record struct NotPayable : IError
{
    /// <inheritdoc/>
    public byte[] Encode() => [];
}

public readonly partial record struct MalformedCalldata : IError
{
    /// <inheritdoc/>
    public byte[] Encode() => [];
}

public readonly partial record struct InsufficientBalance : IError
{
    /// <inheritdoc/>
    public byte[] Encode() => [];
}

public readonly partial record struct BeaconExpired : IError
{
    /// <inheritdoc/>
    public byte[] Encode() => [];
}

public readonly partial record struct ModuleSuspended : IError
{
    /// <inheritdoc/>
    public byte[] Encode() => [];
}

public readonly partial record struct UnknownParameter : IError
{
    /// <inheritdoc/>
    public byte[] Encode() => [];
}

public readonly partial record struct ParameterOutOfRange : IError
{
    /// <inheritdoc/>
    public byte[] Encode() => [];
}

public readonly partial record struct NativeTransfer : IEvent
{
    /// <inheritdoc/>
    public Hash256[] Topics() => [];

    /// <inheritdoc/>
    public byte[] Payload() => [];
}

public readonly partial record struct ModuleFaulted : IEvent
{
    /// <inheritdoc/>
    public Hash256[] Topics() => [];

    /// <inheritdoc/>
    public byte[] Payload() => [];
}
