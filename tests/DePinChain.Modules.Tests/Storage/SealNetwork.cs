using DePinChain.Modules.Sdk;
using DePinChain.Modules.Storage;
using DePinChain.Primitives;
using DePinChain.Proofs.Pieces;
using DePinChain.Proofs.Replication;

namespace DePinChain.Modules.Tests.Storage;

/// <summary>A storage network on which Bob's provider 1 really seals sectors, keeps the replicas and proves them.</summary>
internal sealed class SealNetwork(StorageNetwork storage) : IDisposable
{
    public const ulong Provider = 1;
    private const ulong ChainId = 1_337_000;
    private static readonly Address Sectors = WellKnownAddresses.SealedSectors;
    private readonly SortedDictionary<(ulong Provider, ulong Sector), SealedReplica> _replicas = [];

    // Sixty-four promises in a call, or 64 KiB of proof.
    private const ulong LargeGas = 16_000_000;

    public SealNetwork()
        : this(new StorageNetwork())
    {
    }

    public StorageNetwork Storage => storage;

    public Scenario Chain => Storage.Chain;

    public ulong Height => Chain.Height;

    public void Dispose() => Storage.Dispose();

    /// <summary>Bob's provider with funds, sealing sectors of a size.</summary>
    public SealNetwork Open(SectorKind kind = SectorKind.TwoKiB)
    {
        Storage.Open();
        Send(Person.Bob, SealedSectorsCalls.BeginSealing(Provider, kind), Amount.FromDpn(10)).Succeeds();
        return this;
    }

    public Outcome Send(Person who, byte[] calldata, Amount value = default) => Chain.Send(who, calldata, value, Sectors, LargeGas);

    public byte[] Ask(byte[] calldata) => Chain.Query(calldata, Sectors).Succeeds().ReturnData;

    public ProvingCalendar Calendar(ulong provider = Provider) =>
        SealedSectorsCalls.GetCalendarResult(Ask(SealedSectorsCalls.GetCalendar(provider)));

    public SectorRecord Sector(ulong sector, ulong provider = Provider) =>
        SealedSectorsCalls.GetSectorResult(Ask(SealedSectorsCalls.GetSector(provider, sector))).Sector;

    public SectorState State(ulong sector, ulong provider = Provider) =>
        SealedSectorsCalls.GetSectorResult(Ask(SealedSectorsCalls.GetSector(provider, sector))).State;

    public FundsRecord Funds(ulong provider = Provider) => SealedSectorsCalls.FundsOfResult(Ask(SealedSectorsCalls.FundsOf(provider)));

    public UInt128 Power(ulong provider = Provider) => SealedSectorsCalls.PowerOfResult(Ask(SealedSectorsCalls.PowerOf(provider)));

    public (Amount Deposit, Amount Pledge, Amount FaultFee) Quote(SectorKind kind = SectorKind.TwoKiB) =>
        SealedSectorsCalls.QuoteResult(Ask(SealedSectorsCalls.Quote(kind)));

    public (EstimateRecord Estimates, MintingRecord Minting) Inputs() =>
        SealedSectorsCalls.InputsResult(Ask(SealedSectorsCalls.Inputs()));

    public PartitionRecord Partition(uint partition, ulong provider = Provider) =>
        SealedSectorsCalls.GetPartitionResult(Ask(SealedSectorsCalls.GetPartition(provider, partition)));

    public SpacetimeDuty Duty(ulong provider = Provider) =>
        SealedSectorsCalls.NextDutyResult(Ask(SealedSectorsCalls.NextDuty(provider)));

    public (VestingRecord Vesting, Amount Claimable) Vesting(ulong provider = Provider) =>
        SealedSectorsCalls.VestingOfResult(Ask(SealedSectorsCalls.VestingOf(provider)));

    public SealedReplica Replica(ulong sector, ulong provider = Provider) => _replicas[(provider, sector)];

    /// <summary>Seals bytes (zeros for none) and makes the promise of it, with the last block's ticket.</summary>
    public PreCommitment Promise(
        ulong sector, byte[]? payload = null, ulong deal = 0, ulong life = 400, SectorKind kind = SectorKind.TwoKiB,
        ulong provider = Provider)
    {
        SectorShape shape = SectorShape.Of(kind);
        byte[] padded = new byte[shape.Bytes];
        PieceCid[] pieces = [];
        if (payload is not null)
        {
            pieces = [PieceHasher.Of(payload)];
            byte[] raw = new byte[pieces[0].PaddedSize / 128 * 127];
            payload.CopyTo(raw, 0);
            Fr32.Pad(raw, padded.AsSpan(0, (int)pieces[0].PaddedSize));
        }

        Assert.That(PieceLayout.TryCommD(shape.NodesLog2, pieces, out Hash256 commD, out string? fault), Is.True, fault);
        ulong ticketBlock = Height;
        Hash256 ticket = SealedSectorsCalls.TicketOfResult(Ask(SealedSectorsCalls.TicketOf(provider, ticketBlock - 1)));
        SealedReplica replica = SealedReplica.Seal(shape, new SectorIdentity(ChainId, provider, sector, ticket, commD), padded);
        _replicas[(provider, sector)] = replica;
        return new PreCommitment(
            sector, replica.CommR, ticketBlock - 1, Height + life, [.. pieces.Select(static piece => piece.Encode())],
            [.. pieces.Select(_ => deal)]);
    }

    /// <summary>Promises sectors in one call; tells the block of their challenge.</summary>
    public ulong PreCommit(params PreCommitment[] promises) =>
        Send(Person.Bob, SealedSectorsCalls.PreCommitSectors(Provider, promises)).Succeeds()
            .Events<SectorPreCommitted>()[^1].SeedBlock;

    /// <summary>The proof of a promised sector, once its challenge is known.</summary>
    public byte[] SealProof(ulong sector, ulong provider = Provider) => _replicas[(provider, sector)]
        .Prove(SealedSectorsCalls.SeedOfResult(Ask(SealedSectorsCalls.SeedOf(provider, sector))));

    /// <summary>Promises and proves sectors of zeros, up to their place in a partition.</summary>
    public void Seal(params ulong[] sectors)
    {
        ulong seed = PreCommit([.. sectors.Select(sector => Promise(sector))]);
        Chain.AdvanceTo(seed + 1);
        Send(Person.Bob, SealedSectorsCalls.ProveCommitSectors(Provider, sectors, [.. sectors.Select(sector => SealProof(sector))]))
            .Succeeds();
    }

    /// <summary>The calldata that proves places of a partition in the window of a duty.</summary>
    public byte[] WindowProof(
        SpacetimeDuty duty, uint partition, UInt256 sectors, UInt256 skipped = default, ulong provider = Provider)
    {
        Hash256 seed = SealedSectorsCalls.ChallengeOfResult(Ask(SealedSectorsCalls.ChallengeOf(provider, duty.SeedBlock)));
        return SealedSectorsCalls.SubmitWindowPoSt(
            provider, duty.Deadline, [partition], [sectors], [skipped], Spacetime(partition, sectors, seed, provider));
    }

    /// <summary>The parts of a proof of spacetime, made from the replicas.</summary>
    public byte[] Spacetime(uint partition, UInt256 sectors, Hash256 seed, ulong provider = Provider)
    {
        List<byte> proof = [];
        foreach (((ulong owner, ulong number), SealedReplica replica) in _replicas)
        {
            if (owner != provider || Chain.Query(SealedSectorsCalls.GetSector(provider, number), Sectors) is not { Succeeded: true })
                continue;
            SectorRecord record = Sector(number, provider);
            if (record.SealedAt == 0 || record.Partition != partition || (sectors & SectorMask.Of(record.Place)) == UInt256.Zero) continue;
            proof.AddRange(SpacetimeProof.Prove(
                replica.Shape, ChainId, provider, seed, number, replica.CommC, replica.Tree, static _ => []));
        }

        return [.. proof];
    }

    /// <summary>Waits for the next window and proves what it asks for; tells which it was.</summary>
    public SpacetimeDuty Prove(Person? by = null)
    {
        SpacetimeDuty duty = Duty();
        if (Height + 1 < duty.Opens) Chain.AdvanceTo(duty.Opens - 1);
        for (int index = 0; index < duty.Partitions; index++)
        {
            uint number = SealedSectorsPolicy.PartitionOf(duty.Deadline, index);
            PartitionRecord partition = Partition(number);
            UInt256 open = partition.Due & ~partition.ProvenIn(duty.Period);
            foreach (UInt256 part in PartsOf(open)) Send(by ?? Person.Bob, WindowProof(duty, number, part)).Succeeds();
        }

        return duty;
    }

    // What one call takes: 64 KiB.
    private IEnumerable<UInt256> PartsOf(UInt256 places)
    {
        int most = SealedSectorsPolicy.ProofBytesMax / SectorShape.Of(Calendar().Kind).SpacetimeSize;
        return SectorMask.Places(places).Chunk(most)
            .Select(static part => part.Aggregate(UInt256.Zero, static (mask, place) => mask | SectorMask.Of(place)));
    }

    /// <summary>Proves every window up to a height.</summary>
    public void ProveUntil(ulong height)
    {
        for (SpacetimeDuty duty = Duty(); duty.Partitions > 0 && duty.Opens <= height; duty = Duty()) Prove();
        Chain.AdvanceTo(height);
    }

    /// <summary>Lets the next window pass; tells what happened when it closed.</summary>
    public SpacetimeDuty Miss()
    {
        SpacetimeDuty duty = Duty();
        Chain.AdvanceTo(duty.Closes + 1);
        return duty;
    }
}
