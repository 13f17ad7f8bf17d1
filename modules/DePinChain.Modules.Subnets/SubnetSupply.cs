namespace DePinChain.Modules.Subnets;

/// <summary>How much subnets emit, and what registering one locks. Amounts are in 10^-9 DPN.</summary>
public static class SubnetSupply
{
    /// <summary>Parts in a whole of the owner's cut.</summary>
    public const ushort Whole = ushort.MaxValue;

    /// <summary>
    /// What all subnets emit in one block: the base, halved each time half of what remained of the cap is issued; nothing at the cap.
    /// </summary>
    /// <remarks>
    /// k is the largest with issuance · 2^k ≥ cap · (2^k − 1). Subtensor computes floor(log2(1 / (1 − issuance / cap))), which gives the
    /// same.
    /// </remarks>
    /// <param name="issuance">Issued and not recycled.</param>
    /// <param name="cap">Most that is ever issued.</param>
    /// <param name="start">The first block's emission.</param>
    public static ulong BlockEmission(ulong issuance, ulong cap, ulong start)
    {
        if (issuance >= cap) return 0;
        UInt128 remaining = cap - issuance;
        int halvings = 0;

        // issuance · 2^k ≥ cap · (2^k − 1) is cap ≥ remaining · 2^k.
        while (halvings < 64 && remaining << (halvings + 1) <= cap) halvings++;
        return halvings == 64 ? 0 : start >> halvings;
    }

    /// <summary>How an emission is parted: the owner's cut, floored; the rest in halves, the odd unit to validators.</summary>
    /// <param name="emission">Of one subnet.</param>
    /// <param name="ownerCut">Parts of 65,535.</param>
    public static (UInt128 Owner, UInt128 Server, UInt128 Validator) Split(UInt128 emission, ushort ownerCut)
    {
        UInt128 owner = emission * ownerCut / Whole;
        UInt128 server = (emission - owner) / 2;
        return (owner, server, emission - owner - server);
    }

    /// <summary>What registering a subnet locks: twice the last lock, falling to the least in two intervals.</summary>
    /// <remarks>Source: subtensor v1.1.6, <c>get_network_lock_cost</c>: the step per block is divided first.</remarks>
    /// <param name="lastLock">The last subnet's lock.</param>
    /// <param name="lastLockBlock">When; 0 when there was none.</param>
    /// <param name="block">Now.</param>
    /// <param name="interval">Blocks in which a lock falls by itself.</param>
    /// <param name="min">Least lock.</param>
    public static UInt128 LockCost(UInt128 lastLock, ulong lastLockBlock, ulong block, ulong interval, UInt128 min)
    {
        UInt128 start = lastLock * (lastLockBlock == 0 ? 1U : 2U);
        UInt128 fallen = lastLock / interval * (block - lastLockBlock);
        return UInt128.Max(min, fallen >= start ? 0 : start - fallen);
    }
}
