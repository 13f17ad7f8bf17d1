using System.Collections.Immutable;
using System.Globalization;
using DePinChain.Modules.Generators;
using DePinChain.Modules.Sdk;
using DePinChain.Primitives;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;

namespace DePinChain.Modules.Tests.Sdk;

/// <summary>The generator's refusals, each by a module with exactly one mistake, and that an unrelated edit costs nothing.</summary>
public sealed class GeneratorTests
{
    private const string Summary = "/// <summary>It is documented.</summary>\n";

    private const string SoundSlot = "[Slot(0)] private partial Sequence A { get; }";

    private const string SoundEvent = Summary + "[Event] public readonly partial record struct E(ulong A);";

    private const string Head = """
        using System;
        using System.Collections.Generic;
        using DePinChain.Primitives;
        using DePinChain.Modules.Sdk;
        namespace Shop;

        """;

    private static readonly CSharpParseOptions Options = new(LanguageVersion.Preview, DocumentationMode.Parse);

    private static readonly ImmutableArray<MetadataReference> References = FindReferences();

    [Test]
    public void A_sound_module_compiles_without_a_word()
    {
        CSharpGeneratorDriver.Create([new ModuleGenerator().AsSourceGenerator()], parseOptions: Options).RunGeneratorsAndUpdateCompilation(
            Compile(Module(SoundSlot) + SoundEvent), out Compilation generated, out ImmutableArray<Diagnostic> diagnostics);
        Assert.That(diagnostics, Is.Empty);
        Assert.That(generated.GetDiagnostics().Where(diagnostic => diagnostic.Severity >= DiagnosticSeverity.Warning), Is.Empty);
    }

    [TestCase(
        "DPC0101", "[Slot(0)] private partial Item<ulong> A { get; } [Slot(0)] private partial Sequence B { get; }", TestName =
        "taken slot")]
    [TestCase(
        "DPC0102", "@ public void A(Call c, uint n) {} @(Name = \"a\") public void B(Call c, uint n) {}", TestName = "taken selector")]
    [TestCase(
        "DPC0102", "@(Until = \"x\") public void A(Call c) {} @(Name = \"a\", Since = \"y\") public void B(Call c) {}", TestName = "gap")]
    [TestCase("DPC0103", "@ public void A(Call c, DateTime t) {}", TestName = "type outside the ABI")]
    [TestCase("DPC0103", "@ public List<ulong> A() => [];", TestName = "list that is no array")]
    [TestCase("DPC0103", "@ public void A(Call c, ulong? n) {}", TestName = "nullable value")]
    [TestCase("DPC0103", "@ public void A(Call c, DayOfWeek d) {}", TestName = "enum over int")]
    [TestCase("DPC0103", "[Slot(0)] private partial Map<byte[], ulong> A { get; }", TestName = "key that is none")]
    [TestCase("DPC0103", "[Slot(0)] private partial Item<DateTime> A { get; }", TestName = "record outside the ABI")]
    [TestCase("DPC0104", "@ public void A(Call c, double share) {}", TestName = "float in a function")]
    [TestCase("DPC0104", "@ public decimal A() => 0;", TestName = "float as a result")]
    [TestCase("DPC0105", "public ulong Count;", TestName = "public mutable field")]
    [TestCase("DPC0105", "private ulong _count;", TestName = "private mutable field")]
    [TestCase("DPC0105", "public ulong Count { get; set; }", TestName = "property with a setter")]
    [TestCase("DPC0106", "[Function] public void A(Call c) {}", TestName = "function without documentation")]
    [TestCase("DPC0107", "@ private void A(Call c) {}", TestName = "private function")]
    [TestCase("DPC0107", "@ public static void A(Call c) {}", TestName = "static function")]
    [TestCase("DPC0107", "@ public void A(Call c, uint n = 1) {}", TestName = "optional parameter")]
    [TestCase("DPC0107", "@ [Payable] public void A() {}", TestName = "payable view")]
    [TestCase("DPC0108", "[Slot(65535)] private partial Sequence A { get; }", TestName = "slot of the quarantine")]
    [TestCase("DPC0108", "[Slot(-1)] private partial Sequence A { get; }", TestName = "negative slot")]
    [TestCase("DPC0108", "[Slot(0)] private Sequence A => null!;", TestName = "slot that is not partial")]
    [TestCase("DPC0108", "[Slot(0)] private partial List<ulong> A { get; }", TestName = "slot of no collection")]
    [TestCase("DPC0108", "[Slot(0)] private partial Set<bool> A { get; }", TestName = "set of no key type")]
    [TestCase("DPC0108", "[Slot(0)] private partial BlobMap<ulong, ulong> A { get; }", TestName = "body of one number")]
    [TestCase("DPC0111", "[Slot(0)] private partial Parameters<Open> A { get; }", TestName = "parameter without bounds")]
    [TestCase("DPC0111", "[Slot(0)] private partial Parameters<Inverted> A { get; }", TestName = "bounds that exclude every value")]
    [TestCase("DPC0111", "[Slot(0)] private partial Parameters<TooWide> A { get; }", TestName = "bounds beyond the type")]
    [TestCase("DPC0111", "[Slot(0)] private partial Parameters<NoNumber> A { get; }", TestName = "bounds that are no number")]
    public void One_mistake_is_one_diagnostic(string id, string member) => Expect(id, Module(member));

    [TestCase("DPC0106", "$ sealed partial class M : IModule { }", false, TestName = "module without documentation")]
    [TestCase("DPC0109", "$ sealed class M { }", TestName = "module that is not partial")]
    [TestCase("DPC0109", "[Module(\"Shop\")] sealed partial class M(ModuleState state) { }", TestName = "module with an upper-case name")]
    [TestCase("DPC0109", "[Module(\"shop\", \"0x01\")] sealed partial class M { }", TestName = "module with half an address")]
    [TestCase("DPC0109", "$ sealed partial class M { [Slot(0)] private partial Sequence A { get; } }", TestName = "module without state")]
    [TestCase("DPC0106", "[Event] public readonly partial record struct E(ulong A);", false, TestName = "event without documentation")]
    [TestCase("DPC0110", "[Event] public readonly record struct E(ulong A);", TestName = "event that is not partial")]
    [TestCase("DPC0110", "[Error] public partial record struct E(ulong A);", TestName = "error that is not readonly")]
    [TestCase(
        "DPC0110", "[Event] public readonly partial record struct E(# byte A, # byte B, # byte C, # byte D);", TestName = "four topics")]
    [TestCase("DPC0110", "[Event] public readonly partial record struct E(# ulong[] A);", TestName = "indexed array")]
    [TestCase("DPC0104", "[Event] public readonly partial record struct E(float A);", TestName = "float in an event")]
    public void One_mistake_in_a_type_is_one_diagnostic(string id, string declaration, bool isDocumented = true) =>
        Expect(id, Head + (isDocumented ? Summary : "") + Written(declaration));

    [Test]
    public void A_slot_that_a_part_has_is_taken()
    {
        string source = Module(SoundSlot).Replace("0001\")]", "0001\", Parts = [typeof(Queue)])]", StringComparison.Ordinal);
        string part =
            "[ModulePart] public sealed partial class Queue(ModuleState state) { [Slot(0)] public partial Sequence Ids { get; } }";
        Diagnostic only = Diagnose(source + part).Single();
        Assert.That(only.Id, Is.EqualTo("DPC0101"));
        Assert.That(only.GetMessage(CultureInfo.InvariantCulture), Does.StartWith("Slot 0 is taken by A"));
    }

    [Test]
    public void An_edit_elsewhere_leaves_every_step_cached()
    {
        CSharpCompilation first = Compile(Module(SoundSlot) + SoundEvent);
        SyntaxTree unrelated = CSharpSyntaxTree.ParseText("namespace Elsewhere; public class Other { public int N; }", Options);
        GeneratorDriver driver = CSharpGeneratorDriver.Create(
            [new ModuleGenerator().AsSourceGenerator()], parseOptions: Options,
            driverOptions: new GeneratorDriverOptions(IncrementalGeneratorOutputKind.None, trackIncrementalGeneratorSteps: true));
        driver = driver.RunGenerators(first).RunGenerators(first.AddSyntaxTrees(unrelated));

        GeneratorRunResult result = driver.GetRunResult().Results.Single();
        IEnumerable<IncrementalStepRunReason> read = new[] { ModuleGenerator.ModuleStep, ModuleGenerator.MessageStep }
            .SelectMany(step => result.TrackedSteps[step]).SelectMany(step => step.Outputs).Select(output => output.Reason);
        Assert.That(read, Is.Not.Empty.And.All.AnyOf(IncrementalStepRunReason.Unchanged, IncrementalStepRunReason.Cached));
        IEnumerable<IncrementalStepRunReason> emitted = result.TrackedOutputSteps.Values
            .SelectMany(steps => steps).SelectMany(step => step.Outputs).Select(output => output.Reason);
        Assert.That(emitted, Is.Not.Empty.And.All.EqualTo(IncrementalStepRunReason.Cached));
    }

    [TestCase("ulong F(ulong n) => (ulong)(n * 1.5);")]
    [TestCase("bool F(ulong n) => n > 0.5;")]
    [TestCase("double F = 1;")]
    [TestCase("ulong F(float n) => 1;")]
    [TestCase("void F() { decimal d = 1m; _ = d; }")]
    [TestCase("Half F() => default;")]
    public async Task Floating_point_is_refused_in_kernels_and_nowhere_else(string member)
    {
        string source = $"{Head} public static class C {{ public static {member} }}";
        Assert.That(await Analyze(source, kernel: "true"), Is.Not.Empty.And.All.EqualTo("DPC0001"));
        Assert.That(await Analyze(source, kernel: "false"), Is.Empty);
    }

    [Test]
    public async Task Integers_are_welcome_in_kernels()
    {
        string source = Head + "public static class C { public static UInt128 F(ulong n) => n * 3 / 2; }";
        Assert.That(await Analyze(source, kernel: "true"), Is.Empty);
    }

    private static ImmutableArray<MetadataReference> FindReferences()
    {
        string[] platform = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator);
        IEnumerable<string> system = platform.Where(path => Path.GetFileName(path).StartsWith("System.", StringComparison.Ordinal));
        IEnumerable<string> ours = [typeof(ModuleAttribute).Assembly.Location, typeof(Address).Assembly.Location];
        return [.. system.Concat(ours).Distinct().Select(path => MetadataReference.CreateFromFile(path))];
    }

    private static void Expect(string id, string source) =>
        Assert.That(Diagnose(source).Select(diagnostic => diagnostic.Id), Is.EqualTo(new[] { id }));

    // @ is a documented [Function], $ the attribute of a sound module, # an indexed field.
    private static string Written(string source) => source
        .Replace("@(", "\n" + Summary + "[Function(", StringComparison.Ordinal)
        .Replace("\") public", "\")] public", StringComparison.Ordinal)
        .Replace("@ ", "\n" + Summary + "[Function] ", StringComparison.Ordinal)
        .Replace("$ ", "[Module(\"shop\", \"0x0000000000000000000000000000000000000001\")] ", StringComparison.Ordinal)
        .Replace("# ", "[Indexed] ", StringComparison.Ordinal);

    private static string Module(string member) => Head + $$"""
        public readonly record struct Open(ulong A);
        public readonly record struct Inverted([Bounds(2, 1)] ulong A);
        public readonly record struct TooWide([Bounds(0, 256)] byte A);
        public readonly record struct NoNumber([Bounds("much", "more")] Amount A);

        /// <summary>A shop.</summary>
        [Module("shop", "0x0000000000000000000000000000000000000001")]
        public sealed partial class ShopModule(ModuleState state) : IModule
        {
            {{Written(member)}}
        }

        """;

    private static CSharpCompilation Compile(string source) => CSharpCompilation.Create(
        "Shop", [CSharpSyntaxTree.ParseText(source, Options)], References,
        new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));

    private static ImmutableArray<Diagnostic> Diagnose(string source) => CSharpGeneratorDriver
        .Create([new ModuleGenerator().AsSourceGenerator()], parseOptions: Options).RunGenerators(Compile(source)).GetRunResult()
            .Diagnostics;

    private static async Task<IEnumerable<string>> Analyze(string source, string kernel)
    {
        AnalyzerOptions options = new([], new KernelOptions(kernel));
        ImmutableArray<Diagnostic> diagnostics = await Compile(source)
            .WithAnalyzers(
                [new FloatAnalyzer()],
                new CompilationWithAnalyzersOptions(options, null, concurrentAnalysis: false, logAnalyzerExecutionTime: false))
            .GetAnalyzerDiagnosticsAsync(CancellationToken.None);
        return diagnostics.Select(diagnostic => diagnostic.Id);
    }

    private sealed class KernelOptions(string kernel) : AnalyzerConfigOptionsProvider
    {
        public override AnalyzerConfigOptions GlobalOptions { get; } = new Fixed(kernel);

        public override AnalyzerConfigOptions GetOptions(SyntaxTree tree) => GlobalOptions;

        public override AnalyzerConfigOptions GetOptions(AdditionalText textFile) => GlobalOptions;

        private sealed class Fixed(string kernel) : AnalyzerConfigOptions
        {
            public override bool TryGetValue(string key, out string value)
            {
                value = kernel;
                return key == "build_property.Kernel";
            }
        }
    }
}
