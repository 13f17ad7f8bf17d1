using DePinChain.Modules.Sdk;
using DePinChain.Primitives;
using DePinChain.State;

namespace DePinChain.Modules.Tests;

/// <summary>
/// Makes modules over a finished block's state, so that their invariants can be asked. What they would write is thrown away.
/// </summary>
internal sealed class ScenarioView(IStateReader state) : IModuleStorage, ILogSink, ICoinIssuer, IMeter
{
    private readonly StateOverlay _overlay = new(state);

    /// <summary>As System recorded it in slot 2, at the end of the block.</summary>
    public Amount TotalSupply => new(PackedWord.Number(_overlay.FindRecord(WellKnownAddresses.System, StorageLocation.OfSlot(2))));

    public byte[]? Read(Address module, in Hash256 location) => _overlay.FindRecord(module, location);

    public void Write(Address module, in Hash256 location, byte[]? value) => _overlay.SetRecord(module, location, value);

    public byte[]? ReadBlob(in Hash256 hash) => _overlay.FindBlob(hash);

    public void PutBlob(in Hash256 hash, byte[] body) => _overlay.PutBlob(hash, body);

    public void ReleaseBlob(in Hash256 hash) => _overlay.ReleaseBlob(hash);

    public void Establish(Address account)
    {
    }

    public int Snapshot() => _overlay.Snapshot();

    public void Revert(int snapshot) => _overlay.Revert(snapshot);

    public void Append(Address emitter, Hash256[] topics, byte[] payload)
    {
    }

    public void Charge(ulong gas)
    {
    }

    public Amount BalanceOf(Address account) => new((UInt128)_overlay.BalanceOf(account));

    public void Transfer(Address from, Address to, Amount amount, Hash256 reference = default)
    {
        _overlay.SubtractBalance(from, amount.ToUInt256());
        _overlay.AddBalance(to, amount.ToUInt256());
    }

    public void Mint(Address to, Amount amount) => _overlay.AddBalance(to, amount.ToUInt256());

    public void Burn(Address from, Amount amount) => _overlay.SubtractBalance(from, amount.ToUInt256());
}
