using DePinChain.Gpu.Cuda;
using DePinChain.Gpu.Devices;
using DePinChain.Gpu.Kernels;

namespace DePinChain.Gpu.Tests;

/// <summary>gpu/kats.json on every backend, and proof that a wrong constant does not go unnoticed.</summary>
public sealed class KnownAnswersTests
{
    private static IEnumerable<TestCaseData> EveryKernelOnEveryBackend =>
        from backend in Backends.Names
        from kernel in KnownAnswers.Kernels
        select new TestCaseData(backend, kernel);

    [TestCaseSource(nameof(EveryKernelOnEveryBackend))]
    public void A_kernel_gives_its_known_answers(string backend, string kernel)
    {
        IBackend under = Backends.Get(backend);
        for (int size = 0; size < KnownAnswers.Sizes; size++)
        {
            KernelAnswer answer = KnownAnswers.Run(under, kernel, size);
            Assert.That(answer.Digest, Is.EqualTo(answer.Expected), $"{kernel}, size {size}");
        }
    }

    [Test]
    public void The_manifest_is_what_the_scalar_reference_writes() =>
        Assert.That(KnownAnswers.Write(Backends.Scalar).ReplaceLineEndings("\n"), Is.EqualTo(
            System.Text.Encoding.UTF8.GetString(KernelSource.ReadResource("kats.json")!)));

    [Test]
    public void A_CUDA_device_gives_the_known_answers()
    {
        if (!CudaAccelerator.IsPresent)
        {
            if (Environment.GetEnvironmentVariable("DEPIN_REQUIRE_CUDA") == "1") Assert.Fail("There is no NVIDIA device here.");
            Assert.Ignore("There is no NVIDIA device here; this test runs where there is one.");
        }

        using DeviceBackend backend = new(CudaAccelerator.Find(long.MaxValue, Backends.Cache)[0]());
        Assert.That(KnownAnswers.RunAll(backend).Where(static answer => !answer.IsRight), Is.Empty);
    }

    // One constant of each kernel, and the smallest change that must not survive.
    [TestCase("0x428a2f98u", "0x428a2f99u", "sha256_fixed", "sha256_var", "node_pairs", "node_trees", "fold_paths", "piece_quads",
        "sdr_labels")]
    [TestCase("m[15] = words << 5", "m[15] = words << 4", "sha256_fixed")]
    [TestCase("m[15] = size << 3", "m[15] = size << 4", "sha256_var")]
    [TestCase("place >>= 1", "place >>= 2", "fold_paths")]
    [TestCase("moved & 0x3fffffffu", "moved & 0x7fffffffu", "piece_quads")]
    [TestCase("m[15] = 9984u", "m[15] = 9985u", "sdr_labels")]
    public void A_mutated_hash_kernel_is_noticed(string constant, string mutant, params string[] kernels)
    {
        string text = KernelSource.Hash.Text.Replace(constant, mutant, StringComparison.Ordinal);
        Assert.That(text, Is.Not.EqualTo(KernelSource.Hash.Text));
        using DeviceBackend backend = new(Backends.OpenAnother(), hash: new KernelSource("hash", text));
        foreach (string kernel in kernels)
        {
            Assert.That(
                Enumerable.Range(0, KnownAnswers.Sizes).Select(size => KnownAnswers.Run(backend, kernel, size)),
                Has.Some.Property(nameof(KernelAnswer.IsRight)).False, kernel);
        }
    }

    [TestCase("#define SEGMENT 512u", "#define SEGMENT 1024u", "gemm_f32")]
    [TestCase("#define BLOCK 64u", "#define BLOCK 32u", "rms_norm", "attention")]
    [TestCase("FMA(n, 2.12194440e-4f, r)", "FMA(n, 2.12194498e-4f, r)", "silu_multiply", "attention")]
    [TestCase("MUL(MUL(I32_TO_F32(acc[4u * i + j]), row_scales[row]), column_scales[column])",
        "MUL(I32_TO_F32(acc[4u * i + j]), MUL(row_scales[row], column_scales[column]))", "gemm_i8")]
    [TestCase("RND(SUB(first_c, second_s))", "RND(FMA(first, c, -second_s))", "rope")]
    [TestCase("AS_F32(most), 127.0f", "AS_F32(most), 128.0f", "quantize_rows")]
    public void A_mutated_tensor_kernel_is_noticed(string constant, string mutant, params string[] kernels)
    {
        string text = KernelSource.Tensor.Text.Replace(constant, mutant, StringComparison.Ordinal);
        Assert.That(text, Is.Not.EqualTo(KernelSource.Tensor.Text));
        using DeviceBackend backend = new(Backends.OpenAnother(), tensor: new KernelSource("tensor", text));
        foreach (string kernel in kernels)
            Assert.That(KnownAnswers.Run(backend, kernel, 2).IsRight, Is.False, kernel);
    }

    [TestCase("acc[4u * i + j] = DP4A(x[i], y[j], acc[4u * i + j])", "acc[4u * i + j] = DP4A(x[i], x[j], acc[4u * i + j])",
        "round_product")]
    [TestCase("high += number * (i64)limbs[2u * n + j]", "high += number * (i64)limbs[n + j]", "round_sums")]
    [TestCase(">> 8) ^ key", ">> 7) ^ key", "round_next")]
    public void A_mutated_round_is_noticed(string constant, string mutant, string kernel)
    {
        string text = KernelSource.Rounds.Text.Replace(constant, mutant, StringComparison.Ordinal);
        Assert.That(text, Is.Not.EqualTo(KernelSource.Rounds.Text));
        using DeviceBackend backend = new(Backends.OpenAnother(), rounds: new KernelSource("rounds", text));
        Assert.That(KnownAnswers.Run(backend, kernel, 2).IsRight, Is.False, kernel);
    }
}
