using DePinChain.Modules.Attestations;
using DePinChain.Modules.Economy;
using DePinChain.Modules.Sdk;
using DePinChain.Primitives;
using DePinChain.Proofs.Verdicts;

namespace DePinChain.Modules.Tests.Attestations;

/// <summary>A job on a chain of the production executor: what a verdict costs in gas, and that builder and judge agree.</summary>
public sealed class AttestationsOnChainTests
{
    private const int Members = 5;

    private static readonly Person[] Owners = [.. Enumerable.Range(0, Members).Select(static i => new Person($"owner {i}"))];
    private static readonly Person[] Workers = [.. Enumerable.Range(0, Members).Select(static i => new Person($"worker {i}"))];
    private static readonly Hash256 Answer = Keccak256.Hash("answer"u8);

    [Test]
    public void A_verdict_costs_the_gas_that_fees_are_made_of()
    {
        List<JobOutcome> told = [];
        using Scenario chain = Start(told);
        for (int i = 0; i < Members; i++)
        {
            byte[] call = AttestationsCalls.RegisterVerifier(Workers[i].Address, AttestationsPolicy.AllRoles, 10_000);
            chain.Send(Owners[i], call, Amount.FromDpn(100)).Succeeds();
        }

        chain.Send(Owners[0], DeskCalls.Order(), Amount.One, DeskModule.Descriptor.Address).Succeeds();
        chain.AdvanceTo(chain.Height + 3);
        SeatRecord[] seats = AttestationsCalls.GetSeatsResult(chain.Query(AttestationsCalls.GetSeats(1)).Succeeds().ReturnData);
        ulong gas = 0;
        for (ushort seat = 0; seat < Members; seat++)
        {
            Hash256 digest = VerdictDigest.Of(1_337_000, 1, seat, seats[seat].Verifier, 1, Answer, [1, 2, 3], Answer);
            gas += chain.Send(WorkerOf(seats[seat]), AttestationsCalls.CommitBatch([new Commitment(1, seat, digest)])).Succeeds().GasUsed;
        }

        for (ushort seat = 0; seat < Members; seat++)
        {
            Revelation vote = new(1, seat, Verdict.Valid, Answer, [1, 2, 3], Answer);
            gas += chain.Send(WorkerOf(seats[seat]), AttestationsCalls.RevealBatch([vote])).Succeeds().GasUsed;
        }

        // Each in a transaction of its own; the last of a phase plans the next step and pays for it.
        TestContext.Out.WriteLine($"commit [and] reveal {gas / (2 * Members)}");
        Assert.That(gas / (2 * Members), Is.InRange(AttestationsPolicy.GasPerVerdict * 8 / 10, AttestationsPolicy.GasPerVerdict));
        chain.AdvanceTo(chain.Height + 1);
        Assert.That(chain.Query(AttestationsCalls.GetJob(1)).Succeeded, Is.False);
        Assert.That(
            Outcome.EventsOf<JobClosed>(chain.StartLogs).Single(),
            Is.EqualTo(new JobClosed(1, Answer, JobDecision.Decided, Verdict.Valid, Hash256.Zero, [1, 2, 3], default))
                .Using<JobClosed>(static (a, b) => a.Job == b.Job && a.Decision == b.Decision && a.Numbers.SequenceEqual(b.Numbers)));
        Assert.That(told.Select(static t => t.Decision), Has.All.EqualTo(JobDecision.Decided));
    }

    private static Person WorkerOf(SeatRecord seat) => Workers[Array.FindIndex(Owners, owner => owner.Address == seat.Verifier)];

    private static Scenario Start(List<JobOutcome> told)
    {
        FixedSeats seats = new([]);
        Scenario chain = Scenario.WithCatalog(
                [
                    FixedValidators.Description, TokensModule.Descriptor, TreasuryModule.Descriptor, AttestationsModule.Descriptor,
                    DeskModule.Descriptor,
                ],
                scope =>
                {
                    TokensModule tokens = new(scope.StateOf(WellKnownAddresses.Tokens), scope.LogsOf(WellKnownAddresses.Tokens));
                    TreasuryModule treasury = new(
                        scope.StateOf(WellKnownAddresses.Treasury), scope.LogsOf(WellKnownAddresses.Treasury), scope.Issuer, tokens);
                    JobKinds kinds = new();
                    AttestationsModule attestations = new(
                        scope.StateOf(WellKnownAddresses.Attestations), scope.LogsOf(WellKnownAddresses.Attestations), scope.Bank,
                        scope.Cryptography, treasury, seats, kinds);
                    DeskModule desk = new(scope.StateOf(DeskModule.Descriptor.Address), attestations, told);
                    kinds.Add(desk);
                    return [new FixedValidators(), tokens, treasury, attestations, desk];
                })
            .At(WellKnownAddresses.Attestations)
            .WithSection("attestations", """{"bondMin":"100"}""");
        foreach (Person person in Owners.Concat(Workers)) chain.Funded(person, Amount.FromDpn(1_000));
        return chain;
    }
}

/// <summary>Orders a device's job for whoever asks.</summary>
[Module("desk", "0x000000000000000000000000000000000000d00d")]
internal sealed partial class DeskModule(ModuleState state, IAttestations attestations, List<JobOutcome> told) : IModule, IJobKind
{
    /// <inheritdoc/>
    public JobTerms Terms { get; } = JobTerms.OfQuorum(
        JobKind.Device, VerifierRole.Compute, 4, 5, 3, isExact: false, Amount.Zero);

    /// <summary>Orders a job with the value that comes along.</summary>
    [Function, Payable]
    public ulong Order(Call call) => attestations.Announce(
        JobOrder.OfSubject(JobKind.Device, Keccak256.Hash("answer"u8), Address.Zero, state.Module, call.Sender), call.Block);

    /// <inheritdoc/>
    public void Decided(JobOutcome outcome, BlockContext block) => told.Add(outcome);
}
