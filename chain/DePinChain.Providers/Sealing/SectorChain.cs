using DePinChain.Client;
using DePinChain.Primitives;
using DePinChain.Proofs.Replication;
using DePinChain.Providers.Files;

namespace DePinChain.Providers.Sealing;

/// <summary>Where the chain has a sector; numbers as the module's.</summary>
internal enum ChainSector : byte
{
    None = 0,
    PreCommitted = 1,
    Proving = 2,
    Sealed = 3,
    Active = 4,
    Faulty = 5,
    Recovering = 6,
    Expired = 7,
    Terminated = 8,
    Dropped = 9,
}

/// <summary>What the agent reads about sealed sectors.</summary>
internal sealed class SectorChain(StorageChain chain, ulong provider)
{
    // What the module takes in one call.
    public const int ProofBytesMax = 64 * 1024;

    // The committee's kind for seals.
    private const ulong ReplicationKind = 1;

    public StorageChain Chain => chain;

    public ulong Provider => provider;

    /// <summary>A sector's record and where it stands; null before it is promised.</summary>
    public async Task<(AbiRecord Record, ChainSector State)?> FindAsync(ulong sector, CancellationToken cancellation)
    {
        try
        {
            AbiRecord answer = await chain.Sectors.ViewAsync("getSector", cancellation, (UInt256)provider, (UInt256)sector);
            AbiFunction view = chain.Sectors.Module.Abi.Functions.First(static one => one.Name == "getSector");
            AbiRecord record = new(view.Outputs[0].Components, (object?[])answer.Values[0]!); // a tuple, as its ABI says
            return (record, (ChainSector)(byte)(ulong)(UInt256)answer.Values[1]!); // and a number
        }
        catch (NodeRefusedException unknown) when (unknown.RevertData.Length > 0)
        {
            return null;
        }
    }

    /// <summary>When the provider proves; null before it began to seal.</summary>
    public async Task<AbiRecord?> FindCalendarAsync(CancellationToken cancellation)
    {
        try
        {
            return await chain.Sectors.RecordAsync("getCalendar", cancellation, (UInt256)provider);
        }
        catch (NodeRefusedException unknown) when (unknown.RevertData.Length > 0)
        {
            return null;
        }
    }

    /// <summary>A beacon's value that a view gives.</summary>
    public async Task<Hash256> BeaconAsync(string view, ulong argument, CancellationToken cancellation) =>
        new((byte[])(await chain.Sectors.ValueAsync(view, cancellation, (UInt256)provider, (UInt256)argument))!); // bytes32

    /// <summary>What must be added to the free funds so that a sector can be promised, proven and judged.</summary>
    public async Task<Amount> MissingAsync(SectorKind kind, CancellationToken cancellation)
    {
        AbiRecord quote = await chain.Sectors.ViewAsync("quote", cancellation, (UInt256)(ulong)kind);
        Amount needed = AmountAt(quote, 0) + AmountAt(quote, 1);
        if (SectorShape.Of(kind).ProofSize > ProofBytesMax)
        {
            // The base fee may double until the job is announced.
            UInt256 baseFee = await chain.Node.QuantityAsync("eth_gasPrice", cancellation);
            needed += await chain.Committees.AmountAsync("quoteFee", cancellation, (UInt256)ReplicationKind, baseFee * 2);
        }

        // A tenth more: the quote moves with the network's power.
        needed += needed.MulDiv(1, 10, Rounding.Up);
        AbiRecord funds = await chain.Sectors.RecordAsync("fundsOf", cancellation, (UInt256)provider);
        Amount free = funds.Amount("free");
        return free >= needed ? Amount.Zero : needed - free;
    }

    private static Amount AmountAt(AbiRecord values, int index) =>
        Amount.TryFrom((UInt256)values.Values[index]!, out Amount amount) ? amount : Amount.Zero; // an amount, as its ABI says
}
