using DePinChain.Modules.Sdk;
using DePinChain.Modules.Storage;
using DePinChain.Primitives;
using DePinChain.Proofs.Replication;
using static DePinChain.Modules.Tests.Person;
using static DePinChain.Modules.Tests.Storage.StorageNetwork;

namespace DePinChain.Modules.Tests.Storage;

/// <summary>What sealed sectors refuse, each by its own error.</summary>
public sealed class SectorRefusalTests
{
    private static readonly Amount Deposit = new(59_604_643_840);
    private SealNetwork _network = null!;

    [SetUp]
    public void Start() => _network = new SealNetwork();

    [TearDown]
    public void Stop() => _network.Dispose();

    [Test]
    public void Only_a_provider_begins_and_once()
    {
        _network.Storage.Open();
        _network.Send(Bob, SealedSectorsCalls.AddPledge(1), Amount.One).RevertsWith(new UnknownSealer(1));
        _network.Send(Bob, SealedSectorsCalls.Claim(1)).RevertsWith(new UnknownSealer(1));
        _network.Send(Alice, SealedSectorsCalls.BeginSealing(1, SectorKind.TwoKiB)).RevertsWith(new NotProvider(1, Alice.Address));
        _network.Send(Bob, SealedSectorsCalls.BeginSealing(9, SectorKind.TwoKiB)).RevertsWith(new UnknownProvider(9));
        _network.Send(Bob, SealedSectorsCalls.BeginSealing(1, SectorKind.ThirtyTwoGiB)).Succeeds();
        _network.Send(Bob, SealedSectorsCalls.BeginSealing(1, SectorKind.TwoKiB)).RevertsWith(new AlreadySealing(1));
    }

    [Test]
    public void Free_funds_are_the_owners_alone()
    {
        _network.Open();
        _network.Send(Alice, SealedSectorsCalls.WithdrawAvailable(1, Amount.One)).RevertsWith(new NotProvider(1, Alice.Address));
        _network.Send(Bob, SealedSectorsCalls.WithdrawAvailable(1, Amount.FromDpn(11)))
            .RevertsWith(new FundsTooSmall(1, Amount.FromDpn(11), Amount.FromDpn(10)));
        _network.Send(Alice, SealedSectorsCalls.AddPledge(1), Amount.One).Succeeds();
        Amount before = _network.Chain.BalanceOf(Bob) + _network.Chain.FeesPaidBy(Bob);
        _network.Send(Bob, SealedSectorsCalls.WithdrawAvailable(1, Amount.FromDpn(11))).Succeeds();
        Assert.That(_network.Chain.BalanceOf(Bob) + _network.Chain.FeesPaidBy(Bob), Is.EqualTo(before + Amount.FromDpn(11)));
    }

    [Test]
    public void A_promise_keeps_to_its_bounds()
    {
        _network.Open();
        PreCommitment good = _network.Promise(1);
        Refuse([], new SectorCount(0, 64));
        Refuse([good with { Sector = 1UL << 40 }], new SectorNumberTaken(1, 1UL << 40));
        Refuse([good with { CommR = Hash256.Zero }], new NoReplica(1));

        // A call runs in the block after the last.
        ulong now = _network.Height + 1;
        Refuse([good with { TicketBlock = now }], new TicketOutOfRange(1, now, 0));
        now = _network.Height + 1;
        Refuse(
            [good with { Expiration = now + 3 + 120 + 119 }],
            new ExpirationOutOfRange(1, now + 3 + 120 + 120, now + 76_680));
        now = _network.Height + 1;
        Refuse(
            [good with { Expiration = now + 76_681 }], new ExpirationOutOfRange(1, now + 3 + 120 + 120, now + 76_680));
        Refuse(
            [good with { PieceCids = [[1]], DealIds = [0] }],
            new PiecesDoNotFit(1, "it does not begin with 0x01559120: no piece CID of version 2"));
        Refuse(
            [good with { PieceCids = [Piece(1, 2_033).Encode()], DealIds = [0] }],
            new PiecesDoNotFit(1, "the pieces need more than 2^6 nodes"));
        Refuse([good with { PieceCids = [], DealIds = [0] }], new SectorCount(0, 1));
        Refuse([good with { PieceCids = [Piece(1).Encode()], DealIds = [5] }], new DealNotForSector(1, 5));
        _network.Send(Alice, SealedSectorsCalls.PreCommitSectors(1, [good])).RevertsWith(new NotProvider(1, Alice.Address));
        _network.PreCommit(good);
        Refuse([good], new SectorNumberTaken(1, 1));
        _network.Send(Bob, SealedSectorsCalls.WithdrawAvailable(1, _network.Funds().Free)).Succeeds();
        Refuse([good with { Sector = 2 }], new FundsTooSmall(1, Deposit, Amount.Zero));
    }

    [Test]
    public void An_old_ticket_seals_nothing()
    {
        _network.Open();
        PreCommitment early = _network.Promise(1, life: 600);
        _network.Chain.AdvanceTo(early.TicketBlock + 60);
        Refuse([early], new TicketOutOfRange(1, early.TicketBlock, early.TicketBlock + 1));
    }

    [Test]
    public void A_seal_is_proven_in_its_time_by_its_own_proof()
    {
        _network.Open();
        ulong seed = _network.PreCommit(_network.Promise(1), _network.Promise(2));
        Prove([1], [[]]).RevertsWith(new NotTimeToProve(1, seed + 1, seed + 120));
        _network.Chain.AdvanceTo(seed + 1);
        byte[] proof = _network.SealProof(1);
        Prove([], []).RevertsWith(new SectorCount(0, 0));
        Prove([1], []).RevertsWith(new SectorCount(1, 0));
        Prove([3], [proof]).RevertsWith(new UnknownSector(1, 3));
        Prove([2], [proof]).RevertsWith(new InvalidSeal(2, ReplicationFault.ReplicaCap, 0));
        byte[] flipped = (byte[])proof.Clone();
        flipped[^1] ^= 1;
        Prove([1], [flipped]).RevertsWith(new InvalidSeal(1, ReplicationFault.Path, 1));
        Prove([1, 2], [new byte[40_000], new byte[25_537]]).RevertsWith(new ProofsTooLarge(65_537, 65_536));
        _network.Send(Alice, SealedSectorsCalls.ProveCommitSectors(1, [1], [proof])).RevertsWith(new NotProvider(1, Alice.Address));
        Prove([1], [proof]).Succeeds();
        Prove([1], [proof]).RevertsWith(new WrongSectorState(1, SectorState.Sealed));
        _network.Chain.AdvanceTo(seed + 120);
        Prove([2], [_network.SealProof(2)]).RevertsWith(new WrongSectorState(2, SectorState.Dropped));
    }

    [Test]
    public void A_window_takes_only_its_own_sectors_in_its_own_time()
    {
        _network.Open();
        _network.Seal(1, 2);
        SpacetimeDuty duty = _network.Duty();
        uint partition = SealedSectorsPolicy.PartitionOf(duty.Deadline, 0);
        Submit(6, partition, UInt256.One, []).RevertsWith(new WindowNotOpen(6, 0));
        Submit(duty.Deadline, partition, UInt256.One, []).RevertsWith(new WindowNotOpen(duty.Deadline, duty.Opens));
        _network.Chain.AdvanceTo(duty.Opens - 1);
        byte[] good = _network.WindowProof(duty, partition, UInt256.One);
        Submit(duty.Deadline, partition ^ (1U << 16), UInt256.One, [])
            .RevertsWith(new WrongDeadline(partition ^ (1U << 16), duty.Deadline));
        Submit(duty.Deadline, partition, (UInt256)2, []).RevertsWith(new WrongSectors(partition, (UInt256)2));
        Submit(duty.Deadline, partition, UInt256.Zero, []).RevertsWith(new WrongSectors(partition, UInt256.Zero));
        _network.Send(
            Bob, SealedSectorsCalls.SubmitWindowPoSt(1, duty.Deadline, [partition], [UInt256.One], [UInt256.One], []))
            .RevertsWith(new WrongSectors(partition, UInt256.One));
        _network.Send(
            Dora, SealedSectorsCalls.SubmitWindowPoSt(1, duty.Deadline, [partition], [UInt256.Zero], [UInt256.One], []))
            .RevertsWith(new NotProvider(1, Dora.Address));
        _network.Send(Dora, SealedSectorsCalls.SubmitWindowPoSt(1, duty.Deadline, [partition], [], [], []))
            .RevertsWith(new SectorCount(1, 0));
        Submit(duty.Deadline, partition, UInt256.One, new byte[2_271]).RevertsWith(new InvalidSpacetime(ulong.MaxValue));
        Submit(duty.Deadline, partition, UInt256.One, new byte[2_272])
            .RevertsWith(new InvalidSpacetime(_network.Partition(partition).Places == 1 ? SectorAt(partition) : 0));
    }

    [Test]
    public void A_proof_counts_once_and_only_for_its_window()
    {
        _network.Open();
        _network.Seal(1);
        SpacetimeDuty duty = _network.Duty();
        uint partition = SealedSectorsPolicy.PartitionOf(duty.Deadline, 0);
        _network.Chain.AdvanceTo(duty.Opens - 1);
        byte[] good = _network.WindowProof(duty, partition, UInt256.One);
        _network.Send(Dora, good).Succeeds();
        _network.Send(Dora, good).RevertsWith(new WrongSectors(partition, UInt256.One));
        _network.Chain.AdvanceTo(duty.Opens + 59);
        _network.Send(Dora, good).RevertsWith(new InvalidSpacetime(1));
    }

    [Test]
    public void Faults_and_recoveries_are_said_before_the_challenge_is_known()
    {
        _network.Open();
        _network.Seal(1);
        SpacetimeDuty duty = _network.Prove();
        uint partition = SealedSectorsPolicy.PartitionOf(duty.Deadline, 0);
        ulong next = duty.Opens + 60;
        Fault(partition, UInt256.One).RevertsWith(new CutoffPassed(duty.Deadline, duty.Opens + 10));
        Fault(7 << 16, UInt256.One).RevertsWith(new WindowNotOpen(7, 0));
        _network.Chain.AdvanceTo(duty.Closes + 1);
        _network.Send(Alice, SealedSectorsCalls.DeclareFaults(1, partition, UInt256.One)).RevertsWith(new NotProvider(1, Alice.Address));
        Fault(partition, UInt256.Zero).RevertsWith(new WrongSectors(partition, UInt256.Zero));
        Fault(partition, (UInt256)3).RevertsWith(new WrongSectors(partition, (UInt256)2));
        Recover(partition, UInt256.One, _network.Height, []).RevertsWith(new WrongSectors(partition, UInt256.One));
        Fault(partition, UInt256.One).Succeeds();
        Fault(partition, UInt256.One).RevertsWith(new WrongSectors(partition, UInt256.One));
        Recover(partition, UInt256.One, _network.Height + 1, [])
            .RevertsWith(new SeedOutOfRange(_network.Height, _network.Height - 10));
        Recover(partition, UInt256.One, _network.Height - 10, [])
            .RevertsWith(new SeedOutOfRange(_network.Height - 11, _network.Height - 10));
        Recover(partition, UInt256.One, _network.Height, new byte[2_272]).RevertsWith(new InvalidSpacetime(1));
        _network.Chain.AdvanceTo(next - 4);
        Recover(partition, UInt256.One, _network.Height, []).RevertsWith(new CutoffPassed(duty.Deadline, next + 10));
    }

    [Test]
    public void Only_what_lives_is_extended_or_given_up()
    {
        _network.Open();
        _network.Seal(1);
        Extend(_network.Height + 900).RevertsWith(new WrongSectorState(1, SectorState.Sealed));
        _network.Prove();
        ulong expiration = _network.Sector(1).Expiration;
        ulong latest = _network.Height + 1 + 76_680;
        Extend(expiration).RevertsWith(new ExpirationOutOfRange(1, expiration + 1, latest));
        Extend(latest + 2).RevertsWith(new ExpirationOutOfRange(1, expiration + 1, latest + 1));
        _network.Send(Alice, SealedSectorsCalls.ExtendSectors(1, [1], latest)).RevertsWith(new NotProvider(1, Alice.Address));
        _network.Send(Alice, SealedSectorsCalls.TerminateSectors(1, [1])).RevertsWith(new NotProvider(1, Alice.Address));
        _network.Send(Bob, SealedSectorsCalls.TerminateSectors(1, [9])).RevertsWith(new UnknownSector(1, 9));
        _network.Send(Bob, SealedSectorsCalls.TerminateSectors(1, [1])).Succeeds();
        _network.Send(Bob, SealedSectorsCalls.TerminateSectors(1, [1])).RevertsWith(new WrongSectorState(1, SectorState.Terminated));
    }

    [Test]
    public void A_day_without_demand_has_nothing_to_claim()
    {
        _network.Open();
        _network.Send(Bob, SealedSectorsCalls.ClaimDemand(0)).RevertsWith(new NoDemand(0, Bob.Address));
    }

    private ulong SectorAt(uint partition) =>
        _network.Sector(1).Partition == partition ? 1UL : 2UL;

    private void Refuse<TError>(PreCommitment[] promises, in TError error)
        where TError : struct, IError => _network.Send(Bob, SealedSectorsCalls.PreCommitSectors(1, promises)).RevertsWith(error);

    private Outcome Prove(ulong[] sectors, byte[][] proofs) =>
        _network.Send(Bob, SealedSectorsCalls.ProveCommitSectors(1, sectors, proofs));

    private Outcome Submit(ulong deadline, uint partition, UInt256 sectors, byte[] proof) => _network.Send(
        Dora, SealedSectorsCalls.SubmitWindowPoSt(1, deadline, [partition], [sectors], [UInt256.Zero], proof));

    private Outcome Fault(uint partition, UInt256 sectors) =>
        _network.Send(Bob, SealedSectorsCalls.DeclareFaults(1, partition, sectors));

    private Outcome Recover(uint partition, UInt256 sectors, ulong seed, byte[] proof) =>
        _network.Send(Bob, SealedSectorsCalls.DeclareRecoveries(1, partition, sectors, seed, proof));

    private Outcome Extend(ulong expiration) => _network.Send(Bob, SealedSectorsCalls.ExtendSectors(1, [1], expiration));
}
