using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json;

namespace DePinChain.EndToEnd.Tests.Modules;

/// <summary>
/// Follows modules/README.md in a copy of the checkout: a new folder, one place in the catalog, one line in the solution. The copy is
/// built and run, and the module answers over JSON-RPC; no other existing file was touched.
/// </summary>
[NonParallelizable]
public sealed class NewModuleTests
{
    private const string Catalog = "chain/DePinChain.Node/ModuleCatalog.cs";
    private const string Solution = "DePinChain.sln";
    private static readonly string Root = FindRoot();

    private string _copy = "";

    [SetUp]
    public void Copy_the_checkout()
    {
        _copy = Directory.CreateTempSubdirectory("depin-module-").FullName;
        foreach (string file in Directory.EnumerateFiles(Root).Where(path => !path.EndsWith(".md", StringComparison.Ordinal)))
            File.Copy(file, Path.Combine(_copy, Path.GetFileName(file)));
        foreach (string room in (string[])["chain", "modules", "proofs", "genesis", "tests/DePinChain.Modules.Tests/Names"])
            CopyFolder(Path.Combine(Root, room), Path.Combine(_copy, room));
    }

    [TearDown]
    public void Remove_the_copy() => Directory.Delete(_copy, recursive: true);

    [Test]
    public async Task Adding_a_module_touches_two_existing_files()
    {
        Dictionary<string, string> before = Digests();
        await AddNamesAsync();
        string[] touched = Digests().Where(file => before.TryGetValue(file.Key, out string? digest) && digest != file.Value)
            .Select(file => file.Key).Order(StringComparer.Ordinal).ToArray();
        Assert.That(touched, Is.EqualTo(new[] { Solution, Catalog }));

        // The lock file of the node, which NuGet derives from the project files, is the only thing that follows.
        await RunAsync("restore", "chain/DePinChain.Node", "--force-evaluate", "-v", "quiet");
        await RunAsync(
            "build", "chain/DePinChain.Node", "-c", "Release", "--no-restore", "-v", "quiet", "--nologo",
            "-p:RunAnalyzers=false", "-p:CompilesAhead=false"); // the copy's other files were analysed where they come from
        string node = Path.Combine(_copy, "chain/DePinChain.Node/bin/Release/net10.0/DePinChain.Node.dll");
        await using Localnet localnet = await Localnet.StartProgramAsync(
            node, null, null, "--in-process", "--validators", "1", "--block-time", "0.2s");
        JsonElement names = (await localnet.CallAsync("depin_getModules")).EnumerateArray()
            .Single(module => module.GetProperty("name").GetString() == "names");
        Assert.That(names.GetProperty("address").GetString(), Is.EqualTo("0x000000000000000000000000000000000000d007").IgnoreCase);

        // resolve("alice") of a name nobody leases reverts with UnknownName("alice"): selector 0x461a4478, one dynamic string.
        const string resolveAlice = "0x461a4478" +
            "0000000000000000000000000000000000000000000000000000000000000020" +
            "0000000000000000000000000000000000000000000000000000000000000005" +
            "616c696365000000000000000000000000000000000000000000000000000000";
        InvalidOperationException? refusal = await Assert.ThrowsAsync<InvalidOperationException>(() => localnet.CallAsync(
            "eth_call", new { to = "0x000000000000000000000000000000000000d007", data = resolveAlice }, "latest"));
        Assert.That(refusal!.Message, Does.Contain("execution reverted").And.Contain("616c696365"));
    }

    private const string Created = "            new NamesModule(StateOf(scope, NamesModule.Descriptor), " +
        "LogsOf(scope, NamesModule.Descriptor), scope.Bank),";

    private async Task AddNamesAsync()
    {
        string folder = Path.Combine(_copy, "modules/DePinChain.Modules.Names");
        Directory.CreateDirectory(folder);
        string readme = await File.ReadAllTextAsync(Path.Combine(Root, "modules/README.md"));
        string project = readme[(readme.IndexOf("```xml", StringComparison.Ordinal) + 7)..];
        project = project[..project.IndexOf("```", StringComparison.Ordinal)];
        await File.WriteAllTextAsync(Path.Combine(folder, "DePinChain.Modules.Names.csproj"), project);
        foreach (string part in (string[])["Module", "State", "Policy", "Events", "Invariants"])
        {
            string text = await File.ReadAllTextAsync(Path.Combine(Root, $"tests/DePinChain.Modules.Tests/Names/Names{part}.cs"));
            await File.WriteAllTextAsync(Path.Combine(folder, $"Names{part}.cs"),
                text.Replace("DePinChain.Modules.Tests.Names", "DePinChain.Modules.Names", StringComparison.Ordinal));
        }

        string catalog = await File.ReadAllTextAsync(Path.Combine(_copy, Catalog));
        string edited = catalog
            .Replace("using DePinChain.Modules.Sdk;", "using DePinChain.Modules.Names;\nusing DePinChain.Modules.Sdk;",
                StringComparison.Ordinal)
            .Replace("TokensModule.Descriptor, TreasuryModule.Descriptor", "NamesModule.Descriptor, TokensModule.Descriptor, " +
                "TreasuryModule.Descriptor", StringComparison.Ordinal)
            .Replace("            tokens, treasury, emission, staking,", Created + " tokens, treasury, emission, staking,",
                StringComparison.Ordinal);
        Assert.That(edited, Does.Contain("new NamesModule(").And.Contain("NamesModule.Descriptor, TokensModule"),
            "the catalog has another shape than this test knows");
        await File.WriteAllTextAsync(Path.Combine(_copy, Catalog), edited);
        await RunAsync("sln", Solution, "add", "modules/DePinChain.Modules.Names");
    }

    private async Task RunAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            WorkingDirectory = _copy,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (string argument in arguments)
            start.ArgumentList.Add(argument);
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(), error = process.StandardError.ReadToEndAsync();
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(8));
        await process.WaitForExitAsync(limit.Token);
        Assert.That(process.ExitCode, Is.Zero, $"dotnet {string.Join(' ', arguments)}\n{await output}{await error}");
    }

    private Dictionary<string, string> Digests() => Directory.EnumerateFiles(_copy, "*", SearchOption.AllDirectories)
        .ToDictionary(path => Path.GetRelativePath(_copy, path), path => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(path))));

    private static void CopyFolder(string from, string to)
    {
        foreach (string file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            string relative = Path.GetRelativePath(from, file);
            if (relative.Split(Path.DirectorySeparatorChar).Any(part => part is "bin" or "obj"))
                continue;
            string target = Path.Combine(to, relative);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }

    private static string FindRoot()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, Solution)))
            folder = folder.Parent;
        return folder?.FullName ?? throw new DirectoryNotFoundException(Solution);
    }
}
