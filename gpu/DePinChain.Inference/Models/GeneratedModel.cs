using DePinChain.Inference.Tokenizers;

namespace DePinChain.Inference.Models;

/// <summary>
/// Models that are generated rather than downloaded: the localnet's text subnet and the tests serve them. Their answers mean nothing; what
/// they prove about tokens, activations and cheats does.
/// </summary>
public static class GeneratedModel
{
    // What the tokenizer learns its pairs from.
    private const string Corpus =
        "the chain keeps what was agreed and the market pays for what was proven a provider stores the data of a client and "
        + "proves each day that the data is still there a miner answers the prompt of a client and the validator asks for the "
        + "answer again the stake of the one who lies is taken and the stake of the one who works grows a block follows a block "
        + "and every block names the block before it the price of the market is made by those who ask and those who offer the "
        + "model reads the tokens of the prompt and writes the next token and the next token after that until the answer ends "
        + "and the proof of the answer is small enough to be kept by all of the validators of the chain";

    /// <summary>The localnet's: 4 layers of width 128, 512 tokens, about 1.0 M parameters.</summary>
    public static ModelConfig Localnet { get; } = new()
    {
        Hidden = 128,
        Intermediate = 352,
        Layers = 4,
        Heads = 4,
        KeyHeads = 2,
        HeadWidth = 32,
        Vocabulary = 512,
        Positions = 1024,
        EndTokens = [511],
    };

    /// <summary>30 M parameters: 8 layers of width 512, 4,096 tokens.</summary>
    public static ModelConfig Small { get; } = new()
    {
        Hidden = 512,
        Intermediate = 1408,
        Layers = 8,
        Heads = 8,
        KeyHeads = 4,
        HeadWidth = 64,
        Vocabulary = 4096,
        Positions = 2048,
    };

    /// <summary>The shape of TinyLlama-1.1B.</summary>
    public static ModelConfig OneBillion { get; } = new()
    {
        Hidden = 2048,
        Intermediate = 5632,
        Layers = 22,
        Heads = 32,
        KeyHeads = 4,
        HeadWidth = 64,
        Vocabulary = 32_000,
        Positions = 2048,
    };

    /// <summary>The shape of Llama-3.1-8B.</summary>
    public static ModelConfig EightBillion { get; } = new()
    {
        Hidden = 4096,
        Intermediate = 14_336,
        Layers = 32,
        Heads = 32,
        KeyHeads = 8,
        HeadWidth = 128,
        Vocabulary = 128_256,
        Positions = 8192,
        Rope = new RopeConfig(500_000),
    };

    /// <summary>Writes a whole folder: config.json, tokenizer.json, model.safetensors. The same arguments give the same bytes.</summary>
    /// <param name="folder">Made when it is not there.</param>
    /// <param name="config">The shape; its vocabulary has at least 258 tokens and the last two are the special ones.</param>
    /// <param name="salt">Another salt is another model.</param>
    /// <param name="kind">How elements are written.</param>
    public static void Write(string folder, ModelConfig config, uint salt = 0, ElementKind kind = ElementKind.F32)
    {
        ModelWriter.Write(folder, config, new GeneratedWeights(config, salt), kind);
        File.WriteAllBytes(Path.Combine(folder, "tokenizer.json"), BytePairTrainer.Train(Corpus, config.Vocabulary));
    }
}
