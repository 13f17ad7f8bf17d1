using DePinChain.Modules.Sdk;
using DePinChain.Modules.Storage;
using DePinChain.Primitives;
using DePinChain.Proofs.Pieces;
using static DePinChain.Modules.Tests.Person;
using static DePinChain.Modules.Tests.Storage.StorageNetwork;

namespace DePinChain.Modules.Tests.Storage;

/// <summary>What is bounded, at its bound.</summary>
public sealed class MarketLimitTests
{
    private StorageNetwork _network = null!;

    [SetUp]
    public void Start() => _network = new StorageNetwork().Open();

    [TearDown]
    public void Stop() => _network.Dispose();

    [Test]
    public void A_request_takes_thirty_two_bids()
    {
        ulong deadline = _network.Height + 90;
        _network.ToMarket(
            Alice, StorageMarketCalls.OpenRequest(Piece(1).Encode(), 90, Price, 2, deadline, 5, Hash256.Zero)).Succeeds();
        _network.Deposit(Bob, Amount.FromDpn(40));
        for (ulong provider = 1; provider <= StorageMarketPolicy.BidsMax; provider++)
        {
            _network.ToMarket(Bob, StorageMarketCalls.Bid(1, provider, Price, Amount.One)).Succeeds();
            _network.ToMarket(Bob, StorageMarketCalls.RegisterProvider(default, "https://bob.example", [])).Succeeds();
        }

        _network.ToMarket(Bob, StorageMarketCalls.Bid(1, 33, Price, Amount.One)).RevertsWith(new TooMany(32));
    }

    [Test]
    public void A_set_takes_pieces_whose_proofs_fit_a_block_whatever_they_are_asked_for()
    {
        // A leaf and 31 siblings of 32 bytes, 64 times: 65,536 bytes; one level more would be 67,584.
        ulong set = _network.CreateSet();
        byte[] largest = new PieceCid(Piece(1).Root, 31, 0).Encode(), larger = new PieceCid(Piece(1).Root, 32, 0).Encode();
        Large(DataSetsCalls.AddPieces(set, [largest], [0])).Succeeds();
        Large(DataSetsCalls.AddPieces(set, [larger], [0])).RevertsWith(
            new InvalidPiece(0, "the piece is larger than 64 GiB: the proofs of a set with it would not fit a block"));
    }

    [Test]
    public void Two_thousand_removals_wait_for_the_next_proof_at_most()
    {
        ulong set = _network.CreateSet();
        byte[][] pieces = [.. Enumerable.Range(0, 100).Select(static number => Piece(number, 200).Encode())];
        for (ulong first = 0; first <= DataSetsPolicy.RemovalsMax; first += 100)
            Large(DataSetsCalls.AddPieces(set, pieces, new ulong[100])).Succeeds();
        for (ulong first = 0; first < DataSetsPolicy.RemovalsMax; first += 100)
            Large(DataSetsCalls.SchedulePieceDeletions(set, [.. Enumerable.Range((int)first, 100).Select(static one => (ulong)one)]))
                .Succeeds();
        Large(DataSetsCalls.SchedulePieceDeletions(set, [2_000])).RevertsWith(new TooManyRemovals(2_000));
    }

    [Test]
    public void Data_that_comes_after_the_time_is_refused_though_the_deal_waits_its_turn_to_expire()
    {
        // Sixty-four expire at a block's start; these are sixty-six.
        _network.Deposit(Bob, Amount.FromDpn(80));
        _network.Deposit(Alice, Amount.FromDpn(200));
        ulong start = _network.Height + 40;
        for (int batch = 0; batch < 3; batch++)
        {
            DealProposal[] terms =
            [
                .. Enumerable.Range(batch * 22, 22).Select(nonce => _network.Terms(nonce: (ulong)nonce, start: start)),
            ];
            Outcome published = _network.Chain.Send(
                Bob, StorageMarketCalls.PublishDeals(1, terms, [.. terms.Select(static one => Sign(Alice, one))]), default,
                WellKnownAddresses.StorageMarket, 16_000_000);
            Assert.That(published.Succeeds().Events<DealPublished>(), Has.Count.EqualTo(22));
        }

        ulong set = _network.CreateSet();
        _network.Chain.AdvanceTo(start + 31);
        ulong late = Enumerable.Range(1, 66).Select(static id => (ulong)id).First(id => _network.Deal(id).State == DealState.Published);

        // The call lies in the next block, whose start takes the last two: only a view of this one sees the deal as it is.
        Outcome asked = _network.Chain.Query(
            DataSetsCalls.AddPieces(set, [Piece(1).Encode()], [late]), WellKnownAddresses.DataSets, from: Bob);
        asked.RevertsWith(new ActivationTooLate(late, start + 30));
    }

    private Outcome Large(byte[] calldata) => _network.Chain.Send(Bob, calldata, default, WellKnownAddresses.DataSets, 16_000_000);
}
