using DePinChain.Primitives;

namespace DePinChain.Modules.Sdk;

/// <summary>Takes the logs of one execution scope, in the journal of <see cref="IModuleStorage"/>.</summary>
public interface ILogSink
{
    /// <summary>Appends an EVM log.</summary>
    void Append(Address emitter, Hash256[] topics, byte[] payload);
}
