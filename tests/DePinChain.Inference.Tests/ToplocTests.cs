using System.Buffers.Binary;
using System.Text.Json;
using DePinChain.Inference.Commitments;

namespace DePinChain.Inference.Tests;

/// <summary>Commitments to activations against the reference's own tests and README, and the forgeries that must not pass.</summary>
public sealed class ToplocTests
{
    private static readonly JsonElement Readme = KnownVectors.Toploc.GetProperty("readme_seed42");

    [Test]
    public void Published_proofs_have_their_bytes_and_values()
    {
        JsonElement[] cases = [.. KnownVectors.Toploc.GetProperty("unit").EnumerateArray()];
        int[] coefficients = KnownVectors.Integers(cases[0].GetProperty("coeffs"));
        byte[] bytes = Convert.FromHexString(cases[0].GetProperty("bytes_hex").GetString()!);
        Assert.That(ToplocProof.TryParse(bytes, coefficients.Length, out ToplocProof? proof));
        Assert.That(proof!.Modulus, Is.EqualTo(cases[0].GetProperty("modulus").GetInt32()));
        Assert.That(proof.Coefficients.ToArray().Select(static value => (int)value), Is.EqualTo(coefficients));
        Assert.That(proof.ToArray(), Is.EqualTo(bytes));
        Assert.That(proof.ValueAt(cases[0].GetProperty("eval_x").GetInt32()), Is.EqualTo(cases[0].GetProperty("eval_y").GetInt32()));
        Assert.That(
            ToplocField.Interpolate(KnownVectors.Integers(cases[1].GetProperty("x")), KnownVectors.Integers(cases[1].GetProperty("y"))),
            Is.EqualTo(KnownVectors.Integers(cases[1].GetProperty("coeffs"))));
    }

    [Test]
    public void The_readmes_activations_give_the_readmes_proofs()
    {
        ushort[][] chunks = Chunks("chunks_bf16_hex");
        string[] proofs = [.. Readme.GetProperty("proofs_base64").EnumerateArray().Select(static one => one.GetString()!)];
        JsonElement[] places = [.. Readme.GetProperty("topk_indices").EnumerateArray()];
        for (int at = 0; at < chunks.Length; at++)
        {
            Assert.That(ToplocProof.LargestOf(chunks[at], 4).Order(), Is.EqualTo(KnownVectors.Integers(places[at]).Order()));
            Assert.That(Convert.ToBase64String(ToplocProof.Build(chunks[at], 4).ToArray()), Is.EqualTo(proofs[at]), $"chunk {at}");
        }
    }

    [Test]
    public void Jitter_of_one_percent_has_the_readmes_statistics()
    {
        ushort[][] chunks = Chunks("jitter_1.01_bf16_hex");
        string[] proofs = [.. Readme.GetProperty("proofs_base64").EnumerateArray().Select(static one => one.GetString()!)];
        JsonElement[] expected = [.. Readme.GetProperty("computed_here_cpp_median").EnumerateArray()];
        for (int at = 0; at < chunks.Length; at++)
        {
            Assert.That(ToplocProof.TryParse(Convert.FromBase64String(proofs[at]), 4, out ToplocProof? proof));
            ToplocStatistics found = proof!.Compare(chunks[at]);
            double[] numbers = [.. expected[at].EnumerateArray().Select(static one => one.GetDouble())];
            Assert.That(new[] { found.Mismatches, found.Mean, found.Median }, Is.EqualTo(numbers));
            Assert.That(ToplocProof.IsAccepted(found, ToplocThresholds.Default));
        }
    }

    [Test]
    public void A_constant_polynomial_that_the_reference_accepts_is_refused_by_its_zeros_and_by_its_signs()
    {
        foreach (JsonElement one in KnownVectors.Toploc.GetProperty("adversarial_constant_polynomial").GetProperty("cases")
            .EnumerateArray())
        {
            ushort[] patterns = Sparse(one);
            byte[] bytes = Convert.FromHexString(one.GetProperty("proof_hex").GetString()!);
            Assert.That(ToplocProof.IsAccepted(bytes, patterns, ToplocThresholds.Default),
                Is.EqualTo(one.GetProperty("ours_must_accept").GetBoolean()));

            // The statistics of the same polynomial, once under the reference's rule and once with signs: it gives 0x405d everywhere.
            double[] reference = [.. one.GetProperty("reference_rule_stats").EnumerateArray().Select(static value => value.GetDouble())];
            ToplocStatistics found = Constant(patterns, BinaryPrimitives.ReadUInt16BigEndian(bytes.AsSpan(2)));
            Assert.That(found.Mismatches, Is.EqualTo((int)reference[0]));
            Assert.That(found.Mean, Is.EqualTo(reference[1]).Within(1e-9));
            Assert.That(found.Median, Is.EqualTo((int)reference[2]));
            Assert.That(found.SignedMismatches, Is.EqualTo(one.GetProperty("mismatches_when_sign_also_must_match").GetInt32()));
            Assert.That(ToplocProof.IsAccepted(found, ToplocThresholds.Default), Is.False);
        }
    }

    [Test]
    public void Null_and_malformed_proofs_are_refused_without_an_exception()
    {
        ushort[] patterns = ToplocProof.Patterns(new Gpu.SeededStream(5).Singles(32 * 16, 4));
        foreach (JsonElement one in KnownVectors.Toploc.GetProperty("must_reject").EnumerateArray())
        {
            byte[] bytes = Convert.FromHexString(one.GetProperty("proof_hex").GetString()!);
            Assert.That(ToplocProof.IsAccepted(bytes, patterns, ToplocThresholds.Default), Is.False, one.GetProperty("name").GetString());
        }

        byte[] good = ToplocProof.Build(patterns).ToArray();
        Assert.That(ToplocProof.IsAccepted(good, patterns, ToplocThresholds.Default));
        Assert.That(ToplocProof.TryParse(good.AsSpan(1), 128, out _), Is.False, "a byte short");
        Assert.That(ToplocProof.TryParse([.. good, 0], 128, out _), Is.False, "a byte long");
        Assert.That(ToplocProof.TryParse(Changed(good, 0, 0x7f, 0xff), 128, out _), Is.False, "a modulus of 32,767");
        Assert.That(ToplocProof.TryParse(Changed(good, 0, 0xff, 0xda), 128, out _), Is.False, "a modulus above the prime");
        Assert.That(ToplocProof.TryParse(Changed(good, 2, 0xff, 0xd9), 128, out _), Is.False, "a coefficient that is the prime");
        Assert.That(ToplocProof.TryParse([], 0, out _), Is.False, "nothing");
        byte[] zeros = [.. good];
        Array.Clear(zeros, 2, 16);
        Assert.That(ToplocProof.TryParse(zeros, 128, out _), "eight zeros are still possible");
        Array.Clear(zeros, 18, 2);
        Assert.That(ToplocProof.TryParse(zeros, 128, out _), Is.False, "nine are not");
    }

    [Test]
    public void Ties_go_to_the_lower_place()
    {
        ushort[] patterns = [0x3f80, 0xc000, 0x4000, 0x3f80, 0xbf80, 0x4000];
        Assert.That(ToplocProof.LargestOf(patterns, 5), Is.EqualTo(new[] { 1, 2, 5, 0, 3 }));
        Assert.That(ToplocProof.LargestOf(patterns, 2), Is.EqualTo(new[] { 1, 2 }));
        Assert.That(ToplocProof.LargestOf(patterns, 9), Has.Length.EqualTo(6));
        Assert.That(ToplocProof.LargestOf([], 9), Is.Empty);
    }

    [Test]
    public void Places_that_collide_take_the_next_smaller_modulus()
    {
        // Places 5 and 65,502 are equal modulo 65,497; 65,496 keeps them apart.
        ushort[] patterns = new ushort[70_000];
        patterns[5] = 0x4100;
        patterns[65_502] = 0xc180;
        ToplocProof proof = ToplocProof.Build(patterns, 2);
        Assert.That(proof.Modulus, Is.EqualTo(65_496));
        Assert.That((proof.ValueAt(5), proof.ValueAt(65_502)), Is.EqualTo((0x4100, 0xc180)));
    }

    [Test]
    public void An_activation_that_is_no_number_has_no_commitment() =>
        Assert.Throws<InferenceException>(() => ToplocProof.Build([1f, float.NaN, 2f], 2));

    [Test]
    public void A_proof_is_accepted_only_for_its_own_activations()
    {
        List<float[]> chunks = [.. Enumerable.Range(0, 6).Select(static at => Gaussian((ulong)at, 32 * 256))];
        for (int at = 0; at < chunks.Count; at++)
        {
            byte[] proof = ToplocProof.Build(chunks[at]).ToArray();
            for (int other = 0; other < chunks.Count; other++)
                Assert.That(ToplocProof.IsAccepted(proof, ToplocProof.Patterns(chunks[other]), ToplocThresholds.Default),
                    Is.EqualTo(at == other));
        }

        Assert.That(Forgeries.Try(chunks, ToplocThresholds.Default).Select(static one => one.Accepted), Is.All.Zero);
    }

    [Test]
    public void A_template_passes_where_channels_are_fixed_and_whitening_takes_it_away()
    {
        // Channels with fixed outliers, as real models have: the mean of other prompts is nearly this one's.
        const int Width = 256;
        float[] outliers = new float[Width];
        for (int channel = 0; channel < Width; channel += 32) outliers[channel] = (channel & 32) == 0 ? 90 + channel : -80 - channel;
        List<float[]> chunks = [.. Enumerable.Range(0, 8).Select(at =>
            Gaussian((ulong)at + 50, 32 * Width).Select((value, place) => value + outliers[place % Width]).ToArray())];
        ForgeryResult template = Forgeries.Try(chunks, ToplocThresholds.Default).Single(static one => one.Attack == "template");
        Assert.That(template.Accepted, Is.EqualTo(8), "the attack is real");
        Whitening whitening = Forgeries.Whiten(chunks, Width);
        List<float[]> white = [.. chunks.Select(chunk => chunk.Select((value, place) =>
            (value - whitening.Means[place % Width]) * whitening.Scales[place % Width]).ToArray())];
        Assert.That(Forgeries.Try(white, ToplocThresholds.Default).Select(static one => one.Accepted), Is.All.Zero);
    }

    private static byte[] Changed(byte[] bytes, int at, byte high, byte low)
    {
        byte[] changed = [.. bytes];
        (changed[at], changed[at + 1]) = (high, low);
        return changed;
    }

    private static float[] Gaussian(ulong seed, int count)
    {
        Gpu.SeededStream seeds = new(seed);
        float[] u = seeds.Singles(2 * count, 0.5f);
        return [.. Enumerable.Range(0, count).Select(at =>
            (float)(Math.Sqrt(-2 * Math.Log(u[2 * at] + 0.5 + 1e-9)) * Math.Cos(2 * Math.PI * u[(2 * at) + 1])))];
    }

    private static ushort[][] Chunks(string property) => [.. Readme.GetProperty(property).EnumerateArray().Select(static one =>
        Convert.FromHexString(one.GetString()!).Chunk(2).Select(static pair => (ushort)((pair[0] << 8) | pair[1])).ToArray())];

    private static ushort[] Sparse(JsonElement one)
    {
        ushort[] patterns = new ushort[one.GetProperty("dense_length").GetInt32()];
        foreach (JsonElement pair in one.GetProperty("sparse_index_bf16").EnumerateArray())
        {
            patterns[pair[0].GetInt32()] = pair[1].ValueKind == JsonValueKind.Number
                ? (ushort)pair[1].GetInt32() : Convert.ToUInt16(pair[1].GetString(), 16);
        }

        return patterns;
    }

    // What Compare does for a proof that gives one value at every place: such a proof does not even parse.
    private static ToplocStatistics Constant(ushort[] patterns, int value)
    {
        int mismatches = 0, signed = 0;
        List<int> differences = [];
        foreach (int place in ToplocProof.LargestOf(patterns, 128))
        {
            bool exponent = ((patterns[place] ^ value) & 0x7f80) == 0;
            mismatches += exponent ? 0 : 1;
            signed += exponent && ((patterns[place] ^ value) & 0x8000) == 0 ? 0 : 1;
            if (exponent) differences.Add(Math.Abs((patterns[place] & 0x7f) - (value & 0x7f)));
        }

        differences.Sort();
        return new ToplocStatistics(mismatches, signed, differences.Average(), differences[differences.Count / 2]);
    }
}
