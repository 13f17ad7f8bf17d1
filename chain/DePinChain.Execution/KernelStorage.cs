using DePinChain.Modules.Sdk;
using DePinChain.Primitives;
using DePinChain.State;

namespace DePinChain.Execution;

/// <summary>The kernel's own records: free, and never reverted by a call's refusal.</summary>
internal sealed class KernelStorage(StateOverlay overlay) : IModuleStorage
{
    /// <inheritdoc/>
    public byte[]? Read(Address module, in Hash256 location) => overlay.FindRecord(module, location);

    /// <inheritdoc/>
    public void Write(Address module, in Hash256 location, byte[]? value) => overlay.SetRecord(module, location, value);

    /// <inheritdoc/>
    public byte[]? ReadBlob(in Hash256 hash) => overlay.FindBlob(hash);

    /// <inheritdoc/>
    public void PutBlob(in Hash256 hash, byte[] body) => overlay.PutBlob(hash, body);

    /// <inheritdoc/>
    public void ReleaseBlob(in Hash256 hash) => overlay.ReleaseBlob(hash);

    /// <inheritdoc/>
    public void Establish(Address account) => ModuleCode.Establish(overlay, account);

    /// <inheritdoc/>
    public int Snapshot() => overlay.Snapshot();

    /// <inheritdoc/>
    public void Revert(int snapshot) => overlay.Revert(snapshot);
}
