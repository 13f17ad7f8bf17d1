using DePinChain.Modules.Attestations;
using DePinChain.Modules.Sdk;
using DePinChain.Primitives;
using DePinChain.Proofs.Availability;
using FsCheck;
using FsCheck.Fluent;
using static DePinChain.Modules.Tests.Attestations.AttestationsNetwork;

namespace DePinChain.Modules.Tests.Attestations;

/// <summary>Whatever people do in whatever order: nothing is lost, nothing is paid twice, and every job ends.</summary>
public sealed class ConservationTests
{
    private const int Verifiers = 9;

    private static readonly byte[] Good = SampleBlobKind.BlobOf(9);
    private static readonly byte[] Bad = SampleBlobKind.BlobOf(9, wrong: 4);

    [Test]
    public void All_coins_are_owed_to_somebody_or_burned_and_every_job_ends_once() => Prop.ForAll(
        Gen.Choose(0, int.MaxValue).ToArbitrary(),
        static seed =>
        {
            Random random = new(seed);
            AttestationsNetwork network = new(Rules with { AuditOdds = 2, MissesMax = 3 });
            network.WithVerifiers([.. Enumerable.Range(0, Verifiers).Select(_ => (ulong)random.Next(100, 400))]);
            Amount supply = network.World.TotalSupply;
            int announced = 0;
            for (int step = 0; step < 120; step++)
            {
                int before = network.World.Snapshot();
                try
                {
                    announced += Act(network, random);
                }
                catch (Revert)
                {
                    network.World.Revert(before);
                }
            }

            // Three committees and a window, with time to spare; then no job is left, and the module owes bonds and fees alone.
            network.RunTo(network.Height + 260);
            int ended = network.Blobs.Told.Concat(network.Devices.Told).Concat(network.Frames.Told)
                .Count(static told => told.Decision != JobDecision.Accepted);
            Assert.That(ended, Is.EqualTo(announced));
            Assert.That(network.Module.GetLiveJobs(0, 100), Is.Empty);
            Amount owed = Amount.Zero;
            foreach (Address owner in network.Module.GetVerifiers(0, 100))
            {
                VerifierRecord record = network.Module.GetVerifier(owner);
                owed = record.Leaving.Aggregate(owed + record.Bond + record.Earned, static (sum, entry) => sum + entry.Amount);
            }

            Assert.That(network.World.BalanceOf(network.Module.Address), Is.EqualTo(owed));
            Assert.That(network.World.TotalSupply, Is.LessThanOrEqualTo(supply));
            Assert.That(
                network.World.RecordCount, Is.LessThan(20 * Verifiers + 120), "seats, audits and requests are gone with their jobs");
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(25));

    private static int Act(AttestationsNetwork network, Random random)
    {
        int who = random.Next(Verifiers);
        ulong[] live = network.Module.GetLiveJobs(0, 100);
        ulong job = live.Length == 0 ? 0 : live[random.Next(live.Length)];
        switch (random.Next(12))
        {
            case 0:
                network.Announce(random.Next(3) == 0 ? Bad : Good, Verifier(who));
                return 1;
            case 1:
                network.Announce(random.Next(2) == 0 ? JobKind.Device : JobKind.Frame, excluded: Verifier(who));
                return 1;
            case 2 when job != 0:
                Hash256 root = ShardSet.Encode(Good, 4).Root;
                network.Send(Stranger, AttestationsCalls.OpenJob(
                    job, root, [.. Enumerable.Range(0, 3).Select(i => network.Receipt(job, i, root))]));
                return 0;
            case 3 or 4 or 5 when job != 0:
                Vote(network, random, job);
                return 0;
            case 6:
                network.Send(Verifier(who), AttestationsCalls.Unbond(Amount.FromDpn((ulong)random.Next(1, 100))));
                return 0;
            case 7:
                network.Send(Verifier(who), AttestationsCalls.Withdraw());
                return 0;
            case 8 when job != 0:
                network.Send(
                    Stranger, AttestationsCalls.RequestShard(job, (ushort)random.Next(4), 0),
                    network.Module.ShardDeposit(network.Block));
                return 0;
            case 9 when job != 0:
                byte[] blob = random.Next(2) == 0 ? Bad : Good;
                Hash256[] leaves = BlobTree.LeavesOf(blob, SampleBlobKind.ChunkBytes);
                ChunkOpening opening = new(2, blob[256..384], BlobTree.PathOf(leaves, 2));
                network.Send(
                    Stranger, AttestationsCalls.DisproveRecord(job, 4, [opening]), network.Module.DisputeBond(network.Block));
                return 0;
            case 10:
                network.Send(Verifier(who), AttestationsCalls.Rejoin());
                return 0;
            default:
                network.RunTo(network.Height + (ulong)random.Next(1, 8));
                return 0;
        }
    }

    // The whole committee acts, each as it likes: silent, absent, or with some verdict.
    private static void Vote(AttestationsNetwork network, Random random, ulong job)
    {
        JobReport report = network.Module.GetJob(job);
        if (report.Progress.State != JobState.Committing) return;
        int numbers = report.Record.Kind == JobKind.Device ? 3 : 0;
        network.Vote(job, seat => random.Next(10) switch
        {
            0 => null,
            1 => AttestationsNetwork.Vote(job, seat.Seat, Verdict.Invalid, default, new ulong[numbers]),
            2 => AttestationsNetwork.Vote(job, seat.Seat, Verdict.Unavailable, default, new ulong[numbers]),
            _ => AttestationsNetwork.Vote(job, seat.Seat, Verdict.Valid, default, new ulong[numbers]),
        });
    }
}
