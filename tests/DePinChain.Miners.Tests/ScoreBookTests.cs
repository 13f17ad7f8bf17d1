using DePinChain.Client.Programs;
using DePinChain.Miners.Homes;
using DePinChain.Miners.Judging;
using DePinChain.Miners.Links;
using DePinChain.Primitives;

namespace DePinChain.Miners.Tests;

/// <summary>Scores follow from checks by the manifest's rule, survive the process, and become weights.</summary>
public sealed class ScoreBookTests
{
    private static readonly Address Self = Address.Parse("0x00000000000000000000000000000000000000ff");
    private static readonly NeuronView Good = new(1, Address.Parse("0x0000000000000000000000000000000000000001"), Amount.Zero, 5, false, 0);
    private static readonly NeuronView Fair = new(2, Address.Parse("0x0000000000000000000000000000000000000002"), Amount.Zero, 5, false, 0);

    private static readonly TaskManifest Manifest = new(
        "text", new ManifestModel("m", "", "", "", Inference.Llama.ArithmeticProfile.ExactInt8, 64), new ManifestVerification("toploc"),
        new ManifestSampling(2, 0), 1_000, new ManifestScoring(500), MinEvidence: 2, 0);

    private SubnetHome _home = null!;

    [SetUp]
    public void Begin() => _home = new SubnetHome(Directory.CreateTempSubdirectory("depin-scores-").FullName);

    [TearDown]
    public void End() => Directory.Delete(_home.Path, recursive: true);

    private ScoreBook Open() => new(_home, ValidatorNotes.Open(_home, 1, 1), Manifest);

    // With a = 1/2: 0 → 0.5 → 0.75, and half of that after silence.
    [Test]
    public void A_score_moves_by_half_of_the_difference()
    {
        ScoreBook book = Open();
        book.Begin(0);
        book.Take(0, Good, 0, TaskVerdict.Pass, 1, [1]);
        Assert.That(book.ScoreOf(Good), Is.EqualTo(0.5));
        book.Take(0, Good, 1, TaskVerdict.Pass, 1, [2]);
        Assert.That(book.ScoreOf(Good), Is.EqualTo(0.75));
        book.Take(0, Good, 2, TaskVerdict.Silent, 0, [3]);
        Assert.That(book.ScoreOf(Good), Is.EqualTo(0.375));
        book.Take(0, Good, 3, TaskVerdict.Abstain, 0, [4]);
        Assert.That(book.ScoreOf(Good), Is.EqualTo(0.375), "nobody's fault moves nothing");
    }

    [Test]
    public void A_false_answer_takes_all_of_it_for_the_rest_of_the_epoch()
    {
        ScoreBook book = Open();
        book.Begin(0);
        book.Take(0, Good, 0, TaskVerdict.Pass, 1, [1]);
        book.Take(0, Good, 1, TaskVerdict.Fail, 0, [2]);
        book.Take(0, Good, 2, TaskVerdict.Pass, 1, [3]);
        Assert.That((book.ScoreOf(Good), book.IsExposed(Good)), Is.EqualTo((0, true)));
        book.Begin(1);
        Assert.That((book.ScoreOf(Good), book.IsExposed(Good)), Is.EqualTo((0.5, false)), "what it earned after it counts again");
    }

    [Test]
    public void Another_registration_has_no_past()
    {
        ScoreBook book = Open();
        book.Begin(0);
        book.Take(0, Good, 0, TaskVerdict.Pass, 1, [1]);
        Assert.That(book.ScoreOf(Good with { RegisteredAt = 6 }), Is.Zero);
    }

    [Test]
    public void Scores_and_checks_outlive_the_process()
    {
        ScoreBook book = Open();
        book.Begin(4);
        book.Take(4, Good, 0, TaskVerdict.Pass, 1, [1]);
        ScoreBook again = Open();
        again.Begin(4);
        Assert.That((again.ScoreOf(Good), again.IsDone(Good.Hotkey, 0), again.IsDone(Good.Hotkey, 1)), Is.EqualTo((0.5, true, false)));
        Assert.That(again.Leaves(), Is.EqualTo(new[] { new byte[] { 1 } }));
    }

    [Test]
    public void A_check_of_an_epoch_that_is_over_counts_for_nothing()
    {
        ScoreBook book = Open();
        book.Begin(1);
        book.Take(0, Good, 0, TaskVerdict.Pass, 1, [1]);
        Assert.That((book.ScoreOf(Good), book.Checks), Is.EqualTo((0, 0)));
    }

    // 0.75 and 0.5 of it: 65,535 and 43,690; uid 3 serves nothing, uid 0 is the validator.
    [Test]
    public void Weights_are_scores_against_the_best_uid_by_uid()
    {
        ScoreBook book = Open();
        book.Begin(0);
        var self = new NeuronView(0, Self, Amount.Zero, 1, true, 0);
        var idle = new NeuronView(3, Address.Parse("0x0000000000000000000000000000000000000003"), Amount.Zero, 5, false, 0);
        var view = new SubnetView(9, "n", Hash256.Zero, Self, 0, 0, 0, 20, 20, 1, true, [self, Good, Fair, idle]);
        var axons = new Dictionary<Address, AxonView>
        {
            [Good.Hotkey] = new(Good.Hotkey, new Uri("http://127.0.0.1:1")),
            [Fair.Hotkey] = new(Fair.Hotkey, new Uri("http://127.0.0.1:2")),
        };
        book.Take(0, Good, 0, TaskVerdict.Pass, 1, [1]);
        Assert.That(book.Weights(view, axons, Self), Is.Empty, "one check is less than the manifest asks for");
        book.Take(0, Good, 1, TaskVerdict.Pass, 1, [2]);
        book.Take(0, Fair, 0, TaskVerdict.Pass, 1, [3]);
        Assert.That(Hex.Encode(book.Weights(view, axons, Self)), Is.EqualTo("0x" + "0001ffff" + "0002aaaa"));
    }

    [Test]
    public void Damaged_notes_are_said_to_be_and_not_passed_over()
    {
        File.WriteAllText(_home.NotesPath, "{");
        Assert.That(Assert.Throws<ExitException>(() => Open())!.Code, Is.EqualTo(ExitException.LocalState));
    }
}
