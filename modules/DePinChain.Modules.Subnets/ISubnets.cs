using DePinChain.Primitives;

namespace DePinChain.Modules.Subnets;

/// <summary>What other modules ask of subnets.</summary>
public interface ISubnets
{
    /// <summary>Who sets a subnet's parameters; reverts for an unknown subnet.</summary>
    Address OwnerOf(uint netuid);

    /// <summary>Whether there is such a subnet, and it is not dissolved.</summary>
    bool Exists(uint netuid);

    /// <summary>Whether a hotkey has a place in a subnet.</summary>
    bool IsSeated(uint netuid, Address hotkey);

    /// <summary>Who owns a hotkey; the hotkey itself when nobody has named it.</summary>
    Address ColdkeyOf(Address hotkey);

    /// <summary>
    /// Takes a miner's incentive in the epoch that runs next: it is recycled, as nobody earned it. Nothing happens without a place.
    /// </summary>
    void Gate(uint netuid, Address hotkey);

    /// <summary>Notes that a committee judged an answer of a subnet's miner. Nothing happens without the subnet.</summary>
    void Judge(uint netuid, bool passed);
}
