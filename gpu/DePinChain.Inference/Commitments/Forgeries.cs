namespace DePinChain.Inference.Commitments;

/// <summary>How many of an attack's proofs would pass.</summary>
/// <param name="Attack">Its name.</param>
/// <param name="Accepted">Proofs that passed.</param>
/// <param name="Tried">Proofs that were tried.</param>
public sealed record ForgeryResult(string Attack, int Accepted, int Tried);

/// <summary>
/// Commitments made without running the model, tried against real activations during calibration: a constant polynomial, and a template
/// of the mean activation of other prompts. Where one passes, the model must be registered with <see cref="Whitening"/>.
/// </summary>
public static class Forgeries
{
    /// <summary>Tries all attacks.</summary>
    /// <param name="chunks">Activations of chunks of different prompts, all of the same size.</param>
    /// <param name="thresholds">The acceptance.</param>
    public static IReadOnlyList<ForgeryResult> Try(IReadOnlyList<float[]> chunks, ToplocThresholds thresholds)
    {
        List<ushort[]> patterns = [.. chunks.Select(static chunk => ToplocProof.Patterns(chunk))];
        int constant = 0, template = 0, other = 0;
        for (int at = 0; at < patterns.Count; at++)
        {
            int count = Math.Min(thresholds.TopK, patterns[at].Length);
            constant += ToplocProof.IsAccepted(Constant(patterns[at], count), patterns[at], thresholds) ? 1 : 0;
            template += ToplocProof.IsAccepted(Template(chunks, at, thresholds.TopK), patterns[at], thresholds) ? 1 : 0;
            ushort[] next = patterns[(at + 1) % patterns.Count];
            other += patterns.Count > 1
                && ToplocProof.IsAccepted(ToplocProof.Build(next, thresholds.TopK).ToArray(), patterns[at], thresholds) ? 1 : 0;
        }

        return
        [
            new ForgeryResult("constant", constant, patterns.Count),
            new ForgeryResult("template", template, patterns.Count),
            new ForgeryResult("other prompt", other, patterns.Count),
        ];
    }

    /// <summary>The whitening that the mean and spread of every channel over all rows give.</summary>
    public static Whitening Whiten(IReadOnlyList<float[]> chunks, int width)
    {
        double[] sums = new double[width], squares = new double[width];
        long rows = 0;
        foreach (float[] chunk in chunks)
        {
            rows += chunk.Length / width;
            for (int at = 0; at < chunk.Length; at++)
            {
                sums[at % width] += chunk[at];
                squares[at % width] += (double)chunk[at] * chunk[at];
            }
        }

        float[] means = new float[width], scales = new float[width];
        for (int channel = 0; channel < width; channel++)
        {
            double mean = sums[channel] / Math.Max(rows, 1);
            double spread = Math.Sqrt(Math.Max(0, (squares[channel] / Math.Max(rows, 1)) - (mean * mean)));
            (means[channel], scales[channel]) = ((float)mean, spread > 1e-12 ? (float)(1 / spread) : 1f);
        }

        return new Whitening(means, scales);
    }

    // The best constant an attacker could know: the median of the committed magnitudes.
    private static byte[] Constant(ushort[] patterns, int count)
    {
        int[] places = ToplocProof.LargestOf(patterns, count);
        int typical = places.Length == 0 ? 0 : patterns[places[places.Length / 2]] & 0x7fff;
        byte[] proof = new byte[2 + (2 * count)];
        (proof[0], proof[1], proof[2], proof[3]) = (ToplocField.Prime >> 8, ToplocField.Prime & 0xff, (byte)(typical >> 8),
            (byte)(typical & 0xff));
        return proof;
    }

    private static byte[] Template(IReadOnlyList<float[]> chunks, int without, int topK)
    {
        float[] mean = new float[chunks[without].Length];
        for (int chunk = 0; chunk < chunks.Count; chunk++)
        {
            if (chunk == without || chunks[chunk].Length != mean.Length) continue;
            for (int at = 0; at < mean.Length; at++) mean[at] += chunks[chunk][at] / (chunks.Count - 1);
        }

        return ToplocProof.Build(mean, topK).ToArray();
    }
}
