using System.Buffers.Binary;
using DePinChain.Modules.Sdk;
using DePinChain.Modules.Storage;
using DePinChain.Primitives;
using DePinChain.Proofs.Pieces;
using static DePinChain.Modules.Tests.Person;
using static DePinChain.Modules.Tests.Storage.StorageNetwork;

namespace DePinChain.Modules.Tests.Storage;

/// <summary>Possession: the schedule, what a proof must show, faults, removal and the end of a set.</summary>
public sealed class DataSetTests
{
    private StorageNetwork _network = null!;
    private ulong _set;

    [SetUp]
    public void Start()
    {
        _network = new StorageNetwork().Open();
        _set = _network.CreateSet();
    }

    [TearDown]
    public void Stop() => _network.Dispose();

    [Test]
    public void Challenges_fall_where_the_hash_of_the_sets_number_says()
    {
        byte[] number = new byte[32];
        BinaryPrimitives.WriteUInt64BigEndian(number.AsSpan(24), _set);
        ulong low = BinaryPrimitives.ReadUInt64BigEndian(Keccak256.Hash(number).ToArray().AsSpan(24));
        ContainerRecord container = _network.Container(_set);
        Assert.That(container.Offset, Is.EqualTo(low % 30));

        Assert.That(_network.Duty(_set), Is.EqualTo(default(PossessionDuty)), "an empty set owes nothing");
        _network.Add(_set, 1, 0);
        PossessionDuty duty = _network.Duty(_set);
        ulong challenge = container.Offset + (duty.Period * 30);
        Assert.That((duty.Opens, duty.Closes), Is.EqualTo((challenge + 1, challenge + 15)));
        Assert.That(duty.Leaves, Is.EqualTo(Piece(1).LeafCount));
        Assert.That(duty.Challenges, Is.EqualTo(10));
    }

    [Test]
    public void A_right_proof_is_taken_from_anybody_once_and_only_in_its_window()
    {
        _network.Add(_set, 1, 0);
        PossessionDuty duty = _network.Duty(_set);
        Prove([], duty.Period + 1).RevertsWith(new WrongPeriod(duty.Period + 1, duty.Period));
        Prove([], 0).RevertsWith(new WrongPeriod(0, duty.Period));
        Prove([]).RevertsWith(new ChallengeAhead(duty.Opens - 1));
        _network.Chain.AdvanceTo(duty.Opens);
        PdpProof[] proof = _network.MakeProof(_set, duty.Period);
        Prove(proof[1..]).RevertsWith(new WrongProofCount(10, 9));
        _network.ToSets(Carol, DataSetsCalls.ProvePossession(_set, duty.Period, proof)).Succeeds();
        Prove(proof, duty.Period).RevertsWith(new WrongPeriod(duty.Period, duty.Period + 1));
        Assert.That(_network.Container(_set).LastClosed, Is.EqualTo(duty.Period));

        ulong next = _network.Duty(_set).Period;
        _network.Chain.AdvanceTo(_network.Duty(_set).Closes);
        Prove([], next).RevertsWith(new WrongPeriod(next, next + 1));
    }

    [Test]
    public void Every_leaf_of_a_proof_must_lead_to_its_piece()
    {
        _network.Add(_set, 1, 0);
        _network.Add(_set, 2, 0, size: 5_000);
        PossessionDuty duty = _network.Duty(_set);
        _network.Chain.AdvanceTo(duty.Opens);
        PdpProof[] good = _network.MakeProof(_set, duty.Period);
        (_, ulong[] pieces, ulong[] offsets) = DataSetsCalls.ChallengesResult(
            _network.Chain.Query(DataSetsCalls.Challenges(_set, duty.Period), WellKnownAddresses.DataSets).Succeeds().ReturnData);
        Refused(3, proof => proof with { Leaf = Hash256.Zero });
        Refused(7, proof => proof with { Siblings = proof.Siblings[..^1] });
        Refused(0, proof => proof with { Siblings = [.. proof.Siblings, Hash256.Zero] });
        Refused(9, proof => proof with { Siblings = [Hash256.Zero, .. proof.Siblings[1..]] });
        Prove(good).Succeeds();

        void Refused(int at, Func<PdpProof, PdpProof> forge)
        {
            PdpProof[] forged = [.. good];
            forged[at] = forge(forged[at]);
            Prove(forged, duty.Period).RevertsWith(new InvalidPossession((uint)at, pieces[at], offsets[at]));
        }
    }

    [Test]
    public void Pieces_that_come_after_the_challenge_are_not_asked_for_before_the_next()
    {
        _network.Add(_set, 1, 0);
        PossessionDuty duty = _network.Duty(_set);
        _network.Chain.AdvanceTo(duty.Opens);
        _network.Add(_set, 2, 0, size: 60_000);
        Assert.That(_network.Duty(_set), Is.EqualTo(duty), "the range is frozen");
        Prove(_network.MakeProof(_set, duty.Period)).Succeeds();
        Assert.That(_network.Duty(_set).Leaves, Is.EqualTo(Piece(1).LeafCount + Piece(2, 60_000).LeafCount));
        _network.Prove(_set);
    }

    [Test]
    public void A_fault_doubles_the_leaves_of_the_next_three_proofs()
    {
        _network.Add(_set, 1, 0);
        ulong missed = _network.Miss(_set);
        Assert.That(_network.Duty(_set).Challenges, Is.EqualTo(20));
        for (int proof = 0; proof < 3; proof++)
        {
            Assert.That(_network.Duty(_set).Challenges, Is.EqualTo(20), $"period {missed + 1 + (ulong)proof}");
            _network.Prove(_set);
        }

        Assert.That(_network.Duty(_set).Challenges, Is.EqualTo(10));
        _network.Miss(_set);
        _network.Miss(_set);
        _network.Miss(_set);
        Assert.That(_network.Duty(_set).Challenges, Is.EqualTo(64), "10, 20, 40, and never above 64");
    }

    [Test]
    public void Pieces_leave_with_the_next_proof_once_their_deals_are_over()
    {
        ulong deal = _network.Publish(_network.Terms());
        _network.Add(_set, 1, deal);
        _network.Add(_set, 2, 0);
        _network.ToSets(Bob, DataSetsCalls.SchedulePieceDeletions(_set, [0])).RevertsWith(new DealStillRuns(0, deal));
        _network.ToSets(Bob, DataSetsCalls.SchedulePieceDeletions(_set, [5])).RevertsWith(new UnknownPiece(_set, 5));
        _network.ToSets(Carol, DataSetsCalls.SchedulePieceDeletions(_set, [1])).RevertsWith(new NotProvider(1, Carol.Address));
        _network.ToSets(Bob, DataSetsCalls.SchedulePieceDeletions(_set, [1])).Succeeds();
        _network.ToSets(Bob, DataSetsCalls.SchedulePieceDeletions(_set, [1])).RevertsWith(new UnknownPiece(_set, 1));
        Assert.That(_network.DataSet(_set).Leaves, Is.EqualTo(2 * Piece(1).LeafCount), "still there until the proof");
        _network.Prove(_set);
        Assert.That(_network.DataSet(_set).Leaves, Is.EqualTo(Piece(1).LeafCount));
        _network.Prove(_set);
        _network.Chain.Query(DataSetsCalls.GetPiece(_set, 1), WellKnownAddresses.DataSets).RevertsWith(new UnknownPiece(_set, 1));
    }

    [Test]
    public void A_set_is_cleaned_up_when_its_deals_are_over_and_the_deposit_comes_back()
    {
        ulong deal = _network.Publish(_network.Terms());
        _network.Add(_set, 1, deal);
        _network.Add(_set, 2, 0);
        _network.ToSets(Carol, DataSetsCalls.Cleanup(_set, 10)).RevertsWith(new NotProvider(1, Carol.Address));
        _network.ToSets(Bob, DataSetsCalls.Cleanup(_set, 10)).RevertsWith(new DealStillRuns(0, deal));
        _network.ToMarket(Alice, StorageMarketCalls.TerminateDeal(deal)).Succeeds();
        Assert.That(_network.ToSets(Bob, DataSetsCalls.Cleanup(_set, 1)).Succeeds().Events<DataSetClosed>(), Is.Empty);
        _network.ToSets(Bob, DataSetsCalls.AddPieces(_set, [Piece(1).Encode()], [0]))
            .RevertsWith(new DataSetOver(_set, DataSetState.Closing));
        Outcome gone = _network.ToSets(Bob, DataSetsCalls.Cleanup(_set, 1)).Succeeds();
        Assert.That(gone.Events<DataSetClosed>().Single(), Is.EqualTo(new DataSetClosed(_set, Bob.Address, Amount.Parse("0.1"))));
        Assert.That(_network.Chain.BalanceOf(WellKnownAddresses.DataSets), Is.EqualTo(Amount.Zero));
        _network.ToSets(Bob, DataSetsCalls.Cleanup(_set, 1)).RevertsWith(new UnknownDataSet(_set));
    }

    [Test]
    public void Anybody_clears_a_set_that_was_idle_for_long_and_gets_its_deposit()
    {
        _network.Chain.AdvanceTo(_network.DataSet(_set).ActiveAt + 1_800);
        Outcome gone = _network.ToSets(Carol, DataSetsCalls.Cleanup(_set, 1)).Succeeds();
        Assert.That(gone.Events<DataSetClosed>().Single().PaidTo, Is.EqualTo(Carol.Address));
    }

    [Test]
    public void Files_of_an_aggregate_have_their_own_deals()
    {
        PieceCid[] files = [Piece(1), Piece(2, 400)];
        PieceAggregate aggregate = PieceAggregate.Build(11, files);
        DealProposal terms = _network.Terms(nonce: 1);
        ulong first = _network.Publish(terms);
        ulong second = _network.Publish(terms with { PieceCid = files[1].Encode(), Nonce = 2, PdpChallenges = 12 });
        byte[][] proofs = [aggregate.Prove(0).Encode(), aggregate.Prove(1).Encode()];
        byte[][] cids = [files[0].Encode(), files[1].Encode()];
        Add(cids, [proofs[0]], [first, second]).RevertsWith(new PieceCount(2, 2));
        Add(cids, [proofs[0], [1]], [first, second]).RevertsWith(new InvalidInclusion(1, "the proof does not decode"));
        Add(cids, [proofs[1], proofs[1]], [first, second])
            .RevertsWith(new InvalidInclusion(0, "the piece's path does not end at the aggregate's height"));
        Add(cids, proofs, [first, second]).Succeeds();
        Assert.That(_network.Deal(second).State, Is.EqualTo(DealState.Active));
        Assert.That(_network.Duty(_set).Challenges, Is.EqualTo(12), "the most that a deal asks for");

        Outcome Add(byte[][] names, byte[][] inclusions, ulong[] deals) => _network.ToSets(
            Bob, DataSetsCalls.AddAggregate(_set, aggregate.Cid.Encode(), names, inclusions, deals));
    }

    [Test]
    public void Only_pieces_of_the_providers_own_agreed_deals_come_in_and_in_time()
    {
        ulong deal = _network.Publish(_network.Terms());
        _network.ToSets(Alice, DataSetsCalls.CreateDataSet(1), Amount.Parse("0.1")).RevertsWith(new NotProvider(1, Alice.Address));
        _network.ToSets(Bob, DataSetsCalls.CreateDataSet(1)).RevertsWith(new WrongRentDeposit(Amount.Parse("0.1"), Amount.Zero));
        Add(Alice, Piece(1), deal).RevertsWith(new NotProvider(1, Alice.Address));
        Add(Bob, Piece(2), deal).RevertsWith(new DealForOtherPiece(deal));
        Add(Bob, Piece(1), 9).RevertsWith(new UnknownDeal(9));
        Add(Bob, PieceHasher.Of([]), 0).RevertsWith(new InvalidPiece(0, "the piece is empty"));
        _network.ToSets(Bob, DataSetsCalls.AddPieces(_set, [[1]], [0])).RevertsWith(
            new InvalidPiece(0, "it does not begin with 0x01559120: no piece CID of version 2"));
        _network.ToSets(Bob, DataSetsCalls.AddPieces(_set, [], [])).RevertsWith(new PieceCount(0, 0));
        _network.ToSets(Bob, DataSetsCalls.AddPieces(9, [], [])).RevertsWith(new UnknownDataSet(9));
        _network.ToMarket(Carol, StorageMarketCalls.RegisterProvider(default, "https://c", [])).Succeeds();
        ulong other = _network.ToSets(Carol, DataSetsCalls.CreateDataSet(2), Amount.Parse("0.1")).Succeeds()
            .Events<DataSetCreated>().Single().SetId;
        _network.ToSets(Carol, DataSetsCalls.AddPieces(other, [Piece(1).Encode()], [deal])).RevertsWith(new DealOfOther(deal, 1));
        Add(Bob, Piece(1), deal).Succeeds();
        Add(Bob, Piece(1), deal).RevertsWith(new WrongDealState(deal, DealState.Active));

        Outcome Add(Person who, PieceCid piece, ulong id) => _network.ToSets(who, DataSetsCalls.AddPieces(_set, [piece.Encode()], [id]));
    }

    [Test]
    public void A_proof_of_more_than_64_KiB_is_not_verified_here()
    {
        ulong deal = _network.Publish(_network.Terms() with { PdpChallenges = 64 });
        _network.Add(_set, 1, deal);
        PossessionDuty duty = _network.Duty(_set);
        _network.Chain.AdvanceTo(duty.Opens);

        // 64 leaves with 32 siblings each: 64 · 33 · 32 = 67,584 bytes.
        PdpProof[] large = [.. Enumerable.Repeat(new PdpProof(Hash256.Zero, new Hash256[32]), 64)];
        Prove(large, duty.Period).RevertsWith(new ProofTooLarge(67_584));
    }

    private Outcome Prove(PdpProof[] proof, ulong? period = null) =>
        _network.ToSets(Bob, DataSetsCalls.ProvePossession(_set, period ?? _network.Duty(_set).Period, proof));
}
