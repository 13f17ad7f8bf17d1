using DePinChain.Client.Programs;
using DePinChain.Inference.Llama;
using DePinChain.Inference.Models;
using DePinChain.Miners.Homes;
using DePinChain.Miners.Serving;
using DePinChain.Primitives;

namespace DePinChain.Miners.Tests;

/// <summary>The model that is served and judged by is the one that the manifest names, to the byte.</summary>
public sealed class ModelShelfTests
{
    private string _folder = "";

    [OneTimeSetUp]
    public async Task Begin()
    {
        _folder = Directory.CreateTempSubdirectory("depin-shelf-").FullName;
        await SubnetVerbs.RunAsync(["model", "--out", In("model"), "--seed", "5"], TextWriter.Null, default);
        await SubnetVerbs.RunAsync(["manifest", "--model", In("model"), "--out", In("manifest.json")], TextWriter.Null, default);
    }

    [OneTimeTearDown]
    public void End() => Directory.Delete(_folder, recursive: true);

    private string In(string name) => Path.Combine(_folder, name);

    [Test]
    public async Task The_same_seed_gives_the_same_folder_and_another_seed_another_model()
    {
        await SubnetVerbs.RunAsync(["model", "--out", In("again"), "--seed", "5"], TextWriter.Null, default);
        await SubnetVerbs.RunAsync(["model", "--out", In("other"), "--seed", "6"], TextWriter.Null, default);
        foreach (string file in (string[])["config.json", "tokenizer.json", "model.safetensors"])
            Assert.That(File.ReadAllBytes(Path.Combine(In("again"), file)), Is.EqualTo(File.ReadAllBytes(Path.Combine(In("model"), file))));
        Assert.That(
            File.ReadAllBytes(Path.Combine(In("other"), "model.safetensors")),
            Is.Not.EqualTo(File.ReadAllBytes(Path.Combine(In("model"), "model.safetensors"))));
    }

    [Test]
    public void The_chains_hash_is_that_of_the_manifests_bytes()
    {
        (TaskManifest manifest, Hash256 hash) = TaskManifest.Read(In("manifest.json"));
        Assert.That(hash, Is.EqualTo(Keccak256.Hash(File.ReadAllBytes(In("manifest.json")))));
        Assert.That(manifest.Model.Profile, Is.EqualTo(ArithmeticProfile.ExactInt8));
        using ModelShelf shelf = ModelShelf.Open(In("model"), manifest, workers: 1);
        Assert.That(shelf.TokensOf("the chain", 8, out _), Is.Not.Empty);
        Assert.That(shelf.TokensOf(new string('a', 4_000), 8, out string fault), Is.Null);
        Assert.That(fault, Does.Contain("1024 positions"));
    }

    [TestCase("model.safetensors")]
    [TestCase("config.json")]
    [TestCase("tokenizer.json")]
    public void A_folder_that_differs_by_a_byte_is_refused(string file)
    {
        string copy = In("copy-" + file);
        Directory.CreateDirectory(copy);
        foreach (string one in Directory.GetFiles(In("model"))) File.Copy(one, Path.Combine(copy, Path.GetFileName(one)), true);
        byte[] bytes = File.ReadAllBytes(Path.Combine(copy, file));
        if (file == "model.safetensors") bytes[^2] ^= 1;
        else bytes = [.. bytes, (byte)' '];
        File.WriteAllBytes(Path.Combine(copy, file), bytes);
        ExitException refused = Assert.Throws<ExitException>(
            () => ModelShelf.Open(copy, TaskManifest.Read(In("manifest.json")).Manifest, 1))!;
        Assert.That(refused.Message, Does.Contain("is not the model of the subnet's manifest"));
    }

    [TestCase("\"modality\":\"text\"", "\"modality\":\"image\"")]
    [TestCase("\"method\":\"toploc\"", "\"method\":\"reexec-exact\"")]
    [TestCase("\"perEpoch\":2", "\"perEpoch\":0")]
    [TestCase("\"maxTokens\":128", "\"maxTokens\":0")]
    [TestCase("\"latencyMs\":15000", "\"latencyMs\":0")]
    [TestCase("\"alphaPermille\":300", "\"alphaPermille\":1001")]
    [TestCase("\"organicPermille\":200", "\"organicPermille\":1001")]
    [TestCase("{", "{{")]
    [TestCase("\"versionKey\"", "\"unknownKey\"")]
    public void A_manifest_that_cannot_be_followed_is_refused(string text, string by)
    {
        string path = In("changed.json");
        string manifest = File.ReadAllText(In("manifest.json"));
        Assert.That(manifest, Does.Contain(text));
        File.WriteAllText(path, manifest.Replace(text, by, StringComparison.Ordinal));
        Assert.That(Assert.Throws<ExitException>(() => TaskManifest.Read(path))!.Code, Is.EqualTo(ExitException.LocalState));
    }

    // Levels of a row with largest 7 are whole numbers: 3.4 → 3, -6.6 → -7.
    [Test]
    public void Four_bits_leave_fifteen_levels_of_a_row() => Assert.That(
        new FourBitWeights(new Rows([7f, 3.4f, -6.6f, 0f])).Read("w", 1, 4), Is.EqualTo(new[] { 7f, 3f, -7f, 0f }));

    private sealed class Rows(float[] values) : ITensorSource
    {
        public bool Has(string name) => true;

        public float[] Read(string name, int rows, int columns) => [.. values];
    }
}
