using DePinChain.Primitives;

namespace DePinChain.Modules.Sdk;

/// <summary>Writes one module's events. A revert drops them with the state they report.</summary>
/// <param name="module">The emitting account.</param>
/// <param name="sink">The scope's logs.</param>
public sealed class Logs(Address module, ILogSink sink)
{
    /// <summary>The emitting account.</summary>
    public Address Module => module;

    /// <summary>The events of an account this module speaks for: a facade.</summary>
    public Logs For(Address facade) => new(facade, sink);

    /// <summary>Appends an event.</summary>
    public void Emit<TEvent>(in TEvent reported)
        where TEvent : struct, IEvent => sink.Append(module, reported.Topics(), reported.Payload());

    /// <summary>Appends an event of another emitter: the System account speaks for the kernel.</summary>
    internal void EmitAs<TEvent>(Address emitter, in TEvent reported)
        where TEvent : struct, IEvent => sink.Append(emitter, reported.Topics(), reported.Payload());
}
