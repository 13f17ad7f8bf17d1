using System.Text.Json.Nodes;
using DePinChain.Engine;
using DePinChain.Primitives;
using DePinChain.Signer;

namespace DePinChain.Unit.Tests.Engine;

/// <summary>What <c>depin signer</c> does with a folder.</summary>
public sealed class SignerHomeTests
{
    private static readonly Hash256 Genesis = Keccak256.Hash("genesis"u8);
    private static readonly Hash256 Elsewhere = Keccak256.Hash("another network"u8);

    private string _folder = "";

    [SetUp]
    public void Begin() => _folder = Directory.CreateTempSubdirectory("depin-signer-").FullName;

    [TearDown]
    public void End() => Directory.Delete(_folder, recursive: true);

    [Test]
    public async Task A_new_home_has_keys_of_its_own_and_a_mark_that_stands_at_nothing()
    {
        JsonNode made = await RunAsync("init", "--chain-id", "91200", "--genesis", $"{Genesis}");
        Assert.That(made["mark"]!.GetValue<string>(), Does.StartWith("0/0"));
        string keys = Path.Combine(_folder, "signer.key");
        if (!OperatingSystem.IsWindows())
            Assert.That(File.GetUnixFileMode(keys), Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite));
        JsonNode again = await RunAsync("init", "--chain-id", "91200", "--genesis", $"{Genesis}");
        Assert.That(again["signer"]!.GetValue<string>(), Is.EqualTo(made["signer"]!.GetValue<string>()), "keys are never replaced");
    }

    [Test]
    public async Task An_import_takes_the_higher_mark_and_never_the_lower()
    {
        await InitAsync();
        string file = Path.Combine(_folder, "marks.json");
        Write(new SigningSlot(100, 2, SigningStep.Precommit));
        await RunAsync("export", "--file", file);
        Write(new SigningSlot(90, 0, SigningStep.Prevote));
        Assert.That((await RunAsync("import", "--file", file))["mark"]!.GetValue<string>(), Is.EqualTo("100/2/precommit"));
        Write(new SigningSlot(101, 0, SigningStep.Propose));
        Assert.That((await RunAsync("import", "--file", file))["mark"]!.GetValue<string>(), Is.EqualTo("101/0/propose"));
    }

    [Test]
    public async Task Marks_of_another_network_are_refused()
    {
        await InitAsync();
        string file = Path.Combine(_folder, "marks.json");
        await RunAsync("export", "--file", file);
        File.WriteAllText(file, File.ReadAllText(file).Replace($"{Genesis}", $"{Elsewhere}"));
        RefusalException refusal = (await Assert.ThrowsAsync<RefusalException>(() => RunAsync("import", "--file", file)))!;
        Assert.That(refusal.Code, Is.EqualTo(ExitCode.RefusedForSafety));
        Assert.That(refusal.Message, Does.Contain($"{Elsewhere}"));
    }

    [Test]
    public async Task Marks_of_another_key_are_refused()
    {
        await InitAsync();
        string file = Path.Combine(_folder, "marks.json");
        await RunAsync("export", "--file", file);
        JsonNode content = JsonNode.Parse(File.ReadAllText(file))!;
        content["data"]![0]!["signer"] = Address.FromLow(5).ToString();
        File.WriteAllText(file, content.ToJsonString());
        Assert.That(
            () => RunAsync("import", "--file", file), Throws.InstanceOf<RefusalException>().With.Message.Contains("tells nothing of"));
    }

    [TestCase("no json")]
    [TestCase("{}")]
    [TestCase("""{"metadata":{"interchange_format_version":"5","genesis":"0x"}}""")]
    public async Task What_is_no_interchange_file_is_refused(string text)
    {
        await InitAsync();
        string file = Path.Combine(_folder, "marks.json");
        File.WriteAllText(file, text);
        Assert.That(
            () => RunAsync("import", "--file", file),
            Throws.InstanceOf<RefusalException>().With.Property(nameof(RefusalException.Code)).EqualTo(ExitCode.Usage));
    }

    [Test]
    public async Task A_reset_lets_nothing_below_its_height_be_signed_again_and_never_lowers_a_mark()
    {
        await InitAsync();
        Assert.That(
            () => RunAsync("reset", "--min-height", "50"), Throws.InstanceOf<RefusalException>().With.Message.Contains("--i-know"));
        File.WriteAllBytes(Path.Combine(_folder, "signer.mark"), [1, 2, 3]);
        await RunAsync("reset", "--min-height", "50", "--i-know");
        using (SignerGuard guard = SignerGuard.Open(new DiskFolder(_folder), 91200, _ => default, initialize: false))
        {
            Assert.That(guard.TrySign(new SigningSlot(49, 9, SigningStep.Precommit), Genesis, out _), Is.False);
            Assert.That(guard.TrySign(new SigningSlot(50, 0, SigningStep.Propose), Genesis, out _), Is.True);
        }

        Assert.That(
            () => RunAsync("reset", "--min-height", "50", "--i-know"),
            Throws.InstanceOf<RefusalException>().With.Message.Contains("never lowered"));
    }

    [Test]
    public async Task Nothing_is_exported_while_somebody_signs()
    {
        await InitAsync();
        using SignerGuard guard = SignerGuard.Open(new DiskFolder(_folder), 91200, _ => default, initialize: false);
        Assert.That(() => RunAsync("export"), Throws.InstanceOf<RefusalException>().With.Message.Contains("Another process"));
    }

    [Test]
    public async Task A_home_signs_for_one_network_only()
    {
        await InitAsync();
        Assert.That(
            () => RunAsync("init", "--chain-id", "91201", "--genesis", $"{Elsewhere}"),
            Throws.InstanceOf<RefusalException>().With.Message.Contains("already"));
    }

    [Test]
    public void A_mark_without_its_key_is_not_begun_again()
    {
        Write(new SigningSlot(5, 0, SigningStep.Prevote));
        Assert.That(InitAsync, Throws.InstanceOf<RefusalException>().With.Message.Contains("put the key back"));
    }

    private Task<JsonNode> InitAsync() => RunAsync("init", "--chain-id", "91200", "--genesis", $"{Genesis}");

    private async Task<JsonNode> RunAsync(string verb, params string[] arguments)
    {
        using StringWriter output = new();
        await SignerVerbs.RunAsync(SignerOptions.Parse([verb, "--home", _folder, "--json", .. arguments]), output, CancellationToken.None);
        return JsonNode.Parse(output.ToString())!;
    }

    private void Write(SigningSlot slot) =>
        new SignerMarkFile(new DiskFolder(_folder)).Write(new SignerMark(91200, slot, Genesis, default));
}
