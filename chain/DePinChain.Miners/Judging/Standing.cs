using DePinChain.Miners.Links;
using DePinChain.Primitives;

namespace DePinChain.Miners.Judging;

/// <summary>Where the validator stands, for those who ask it; one thread writes, many read.</summary>
internal sealed class Standing(Address hotkey, uint netuid)
{
    private RoundStanding? _round;

    public Address Hotkey => hotkey;

    public uint Netuid => netuid;

    /// <summary>The last round; null before the first.</summary>
    public RoundStanding? Round
    {
        get => Volatile.Read(ref _round);
        set => Volatile.Write(ref _round, value);
    }
}

/// <summary>One round.</summary>
/// <param name="View">The subnet.</param>
/// <param name="Axons">Where miners serve.</param>
/// <param name="Beacon">The mix of the block that began the epoch.</param>
/// <param name="IsChecked">Whether every task of the epoch is done.</param>
/// <param name="Commit">The newest commitment.</param>
internal sealed record RoundStanding(
    SubnetView View, IReadOnlyDictionary<Address, AxonView> Axons, Hash256 Beacon, bool IsChecked, CommitNote? Commit);
