using DePinChain.Modules.Attestations;
using DePinChain.Modules.Sdk;
using DePinChain.Primitives;
using DePinChain.Proofs.Availability;
using DePinChain.Proofs.Verdicts;

namespace DePinChain.Modules.Tests.Storage;

/// <summary>The four verifiers of a storage network: they keep shards, and say of a blob what a test wants them to.</summary>
internal sealed class StorageCommittee(Scenario chain)
{
    private const ulong ChainId = 1_337_000;
    private static readonly Address Attestations = WellKnownAddresses.Attestations;

    public void Register()
    {
        for (int number = 0; number < StorageNetwork.Verifiers.Count; number++)
            chain.Send(
                StorageNetwork.Verifiers[number],
                AttestationsCalls.RegisterVerifier(StorageNetwork.Workers[number].Address, AttestationsPolicy.AllRoles, 9_000),
                Amount.FromDpn(100), Attestations).Succeeds();
    }

    /// <summary>Custodians sign for their shards.</summary>
    public void OpenJob(ulong job, byte[] blob, uint chunkBytes)
    {
        Hash256 shards = ShardSet.Encode(blob, StorageNetwork.Verifiers.Count).Root;
        Hash256 root = BlobTree.RootOf(blob, chunkBytes);
        ShardReceipt[] receipts =
        [
            .. StorageNetwork.Workers.Select((worker, index) => new ShardReceipt(
                (ushort)index, worker.Key.Sign(ReceiptSigning.DigestOf(ChainId, job, shards, (ushort)index, root)).ToArray())),
        ];
        Send(StorageNetwork.Dora, AttestationsCalls.OpenJob(job, shards, receipts));
    }

    /// <summary>Custodians sign for their shards, the committee is drawn, and all of it says the same.</summary>
    /// <param name="job">The job.</param>
    /// <param name="blob">Its blob.</param>
    /// <param name="chunkBytes">A chunk's.</param>
    /// <param name="verdict">What all say.</param>
    /// <param name="answerOf">What each answers; nothing unless given.</param>
    public void Judge(ulong job, byte[] blob, uint chunkBytes, Verdict verdict, Func<Address, Hash256>? answerOf = null)
    {
        OpenJob(job, blob, chunkBytes);
        while (Progress(job).State is JobState.Announced or JobState.Drawing) chain.AdvanceTo(chain.Height + 1);
        Hash256 salt = BlobTree.RootOf(blob, chunkBytes);
        (Person Who, Address Verifier, Revelation Vote)[] votes =
        [
            .. Seats(job).Select((seat, number) => (
                WorkerOf(seat.Verifier), seat.Verifier,
                new Revelation(job, (ushort)number, verdict, answerOf?.Invoke(seat.Verifier) ?? Hash256.Zero, [], salt))),
        ];
        foreach ((Person who, Address verifier, Revelation vote) in votes)
        {
            Hash256 digest = VerdictDigest.Of(
                ChainId, job, vote.Seat, verifier, (byte)vote.Verdict, vote.Answer, vote.Numbers, vote.Salt);
            Send(who, AttestationsCalls.CommitBatch([new Commitment(job, vote.Seat, digest)]));
        }

        foreach ((Person who, _, Revelation vote) in votes) Send(who, AttestationsCalls.RevealBatch([vote]));
        chain.AdvanceTo(chain.Height + 1);
    }

    public static Person WorkerOf(Address verifier) => StorageNetwork.Workers[
        Enumerable.Range(0, StorageNetwork.Verifiers.Count).Single(number => StorageNetwork.Verifiers[number].Address == verifier)];

    public void Send(Person who, byte[] calldata) => chain.Send(who, calldata, to: Attestations, gas: 16_000_000).Succeeds();

    public JobProgress Progress(ulong job) => AttestationsCalls.GetJobResult(Ask(AttestationsCalls.GetJob(job))).Progress;

    public SeatRecord[] Seats(ulong job) => AttestationsCalls.GetSeatsResult(Ask(AttestationsCalls.GetSeats(job)));

    public AuditRecord Audit(ulong job, ushort seat) => AttestationsCalls.GetAuditResult(Ask(AttestationsCalls.GetAudit(job, seat)));

    public static ChunkOpening Opening(byte[] blob, uint chunkBytes, uint index)
    {
        Hash256[] leaves = BlobTree.LeavesOf(blob, chunkBytes);
        int start = (int)(index * chunkBytes);
        return new ChunkOpening(index, blob[start..Math.Min(blob.Length, start + (int)chunkBytes)], BlobTree.PathOf(leaves, index));
    }

    private byte[] Ask(byte[] calldata) => chain.Query(calldata, Attestations).Succeeds().ReturnData;
}
