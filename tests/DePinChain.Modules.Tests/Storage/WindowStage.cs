using System.Numerics;
using DePinChain.Blocks;
using DePinChain.Modules.Attestations;
using DePinChain.Modules.Sdk;
using DePinChain.Modules.Storage;
using DePinChain.Primitives;
using DePinChain.Proofs.Availability;
using DePinChain.Proofs.Replication;
using DePinChain.Proofs.Verdicts;
using static DePinChain.Modules.Tests.Person;

namespace DePinChain.Modules.Tests.Storage;

/// <summary>A provider with two full enough partitions, and what tests do with their windows.</summary>
public abstract class WindowStage
{
    // Four windows of 15 blocks, so that all sectors come to two of them.
    private const string FourWindows =
        """{"periodBlocks":60,"deadlines":4,"lookbackBlocks":2,"cutoffBlocks":4,"preCommitDelay":3,"proveBlocksMax":120,""" +
        """ "ticketAgeMax":60,"faultPeriodsMax":3,"lifeBlocksMin":120,"lifeBlocksMax":76680,"developmentSizes":true,""" +
        """ "simpleTotal":"330000","baselineTotal":"770000","initialBaseline":1073741824}""";

    private protected const uint Each = 32;
    private protected static readonly SectorShape Shape = SectorShape.Of(SectorKind.TwoKiB);
    private protected static readonly uint ChunkBytes = (uint)SpacetimeBlob.ChunkBytesOf(Shape);
    private protected static readonly UInt256 All = (UInt256.One << (int)Each) - UInt256.One;
    private protected SealNetwork Network { get; private set; } = null!;

    private protected StorageCommittee Committee { get; private set; } = null!;

    /// <summary>Of sector 1.</summary>
    private protected ulong Deal { get; private set; }

    [TearDown]
    public void Stop() => Network.Dispose();

    // Sixty-four sectors in two partitions, proven in the blocks of one window; the first two hold a deal each.
    private protected void Open(string committees = StorageNetwork.CommitteesSection, bool withVerifiers = true)
    {
        Network = new SealNetwork(new StorageNetwork(FourWindows, committees)).Open();
        Committee = new StorageCommittee(Network.Chain);
        if (withVerifiers) Committee.Register();
        ulong[] deals = [.. Enumerable.Range(1, 2).Select(Publish)];
        PreCommitment[] promises =
        [
            .. Enumerable.Range(1, 64).Select(number => number <= 2
                ? Network.Promise((ulong)number, StorageNetwork.Payload(number), deals[number - 1], life: 900)
                : Network.Promise((ulong)number, life: 900)),
        ];
        Deal = deals[0];
        ulong seed = Network.PreCommit(promises);
        ProvingCalendar calendar = Network.Calendar();
        ulong ready = seed + 1 > calendar.Offset ? seed + 1 : calendar.Offset;
        ulong into = (ready - calendar.Offset) % calendar.Window;
        Network.Chain.AdvanceTo(ready + (into == 0 ? 0 : calendar.Window - into));
        foreach (int[] some in Enumerable.Range(1, 64).Chunk(6))
        {
            ulong[] sectors = [.. some.Select(static number => (ulong)number)];
            byte[][] proofs = [.. sectors.Select(sector => Network.SealProof(sector))];
            Network.Send(Bob, SealedSectorsCalls.ProveCommitSectors(1, sectors, proofs)).Succeeds();
        }

        uint[] places = [.. Enumerable.Range(1, 64).Select(number => Network.Sector((ulong)number).Partition)];
        Assert.That(places.GroupBy(static one => one).Select(static group => group.Count()), Is.EqualTo(new[] { 32, 32 }));
    }

    private protected ulong Publish(int number) => Network.Storage.Publish(
        Network.Storage.Terms(number, (ulong)number, Network.Height + 40, blocks: 700) with { Class = DealClass.Sealed });

    // Both partitions, in parts: all sectors have power.
    private protected void ProveAllOnce()
    {
        while (Network.Power() < (UInt128)(2 * Each * 2_048)) Network.Prove();
    }

    private protected SpacetimeDuty WaitForWindow(out uint partition)
    {
        SpacetimeDuty duty = Network.Duty();
        if (Network.Height + 1 < duty.Opens) Network.Chain.AdvanceTo(duty.Opens - 1);
        partition = SealedSectorsPolicy.PartitionOf(duty.Deadline, 0);
        return duty;
    }

    private protected byte[] Blob(SpacetimeDuty duty, uint partition) => Network.Spacetime(
        partition, All, SealedSectorsCalls.ChallengeOfResult(Network.Ask(SealedSectorsCalls.ChallengeOf(1, duty.SeedBlock))));

    private protected Outcome Commit(uint partition, byte[] blob) => Network.Send(Bob, Call(partition, All, blob)).Succeeds();

    private protected static byte[] Call(uint partition, UInt256 sectors, byte[] blob) =>
        SealedSectorsCalls.CommitWindowBlob(1, partition, sectors, BlobTree.RootOf(blob, ChunkBytes));

    private protected ulong Close(ulong sector)
    {
        byte[] call = SealedSectorsCalls.CloseSectorPeriods(1, sector);
        ulong closed = SealedSectorsCalls.CloseSectorPeriodsResult(Network.Ask(call));
        Network.Send(StorageNetwork.Dora, call).Succeeds();
        return closed;
    }

    private protected ulong[] Jobs(uint partition) =>
        SealedSectorsCalls.WindowJobsOfResult(Network.Ask(SealedSectorsCalls.WindowJobsOf(1, partition)));

    private protected ProvenSector[] Sectors(ulong job)
    {
        (_, _, ulong[] numbers, Hash256[] replicas) =
            SealedSectorsCalls.GetWindowClaimResult(Network.Ask(SealedSectorsCalls.GetWindowClaim(job)));
        return [.. numbers.Zip(replicas, static (number, replica) => new ProvenSector(number, replica))];
    }

    private protected Outcome Dispute(ulong job, uint claim, ChunkOpening chunk) => Network.Chain.Send(
        StorageNetwork.Dora, AttestationsCalls.DisproveRecord(job, claim, [chunk]), Amount.One, WellKnownAddresses.Attestations,
        gas: 8_000_000);

    private protected void VoteUnavailable(ulong job, byte[] blob, List<LogEntry> started)
    {
        while (Committee.Progress(job).State == JobState.Drawing) Step(started);
        Hash256 salt = BlobTree.RootOf(blob, ChunkBytes);
        foreach ((SeatRecord seat, int number) in Committee.Seats(job).Select(static (seat, number) => (seat, number)))
        {
            Hash256 digest = VerdictDigest.Of(
                1_337_000, job, (ushort)number, seat.Verifier, (byte)Verdict.Unavailable, Hash256.Zero, [], salt);
            Committee.Send(
                StorageCommittee.WorkerOf(seat.Verifier), AttestationsCalls.CommitBatch([new Commitment(job, (ushort)number, digest)]));
            started.AddRange(Network.Chain.StartLogs);
        }

        foreach ((SeatRecord seat, int number) in Committee.Seats(job).Select(static (seat, number) => (seat, number)))
        {
            Revelation vote = new(job, (ushort)number, Verdict.Unavailable, Hash256.Zero, [], salt);
            Committee.Send(StorageCommittee.WorkerOf(seat.Verifier), AttestationsCalls.RevealBatch([vote]));
            started.AddRange(Network.Chain.StartLogs);
        }
    }

    // The other partition's window is proven when it comes.
    private protected void Pass(SpacetimeDuty duty, List<LogEntry> started)
    {
        SpacetimeDuty next = Network.Duty();
        if (Network.Height + 1 >= next.Opens && next.Deadline != duty.Deadline) Network.Prove();
        else Step(started);
    }

    private protected void Step(List<LogEntry> started)
    {
        Network.Chain.AdvanceTo(Network.Height + 1);
        started.AddRange(Network.Chain.StartLogs);
    }

    private protected Amount Purse(Person who) => Network.Chain.BalanceOf(who) + Network.Chain.FeesPaidBy(who);

    private protected static BigInteger Numeric(UInt256 word)
    {
        byte[] bytes = new byte[32];
        word.WriteBigEndian(bytes);
        return new BigInteger(bytes, isUnsigned: false, isBigEndian: true);
    }
}
