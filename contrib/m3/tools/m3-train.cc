// SPDX-License-Identifier: GPL-2.0-only
/**
 * Trains a model on samples of m3-datagen: the per-flow model, or with --model=published the model of the published m3,
 * whose own checkpoint it also reads. The command `evaluate` gives the errors of a checkpoint of either model;
 * `convert` converts a checkpoint of an older m3 to the current format.
 *
 *   ./ns3 run "m3-train --data=data --checkpoint=model.pt --epochs=5"
 *   ./ns3 run "m3-train evaluate --data=data --checkpoint=model.pt --out=evaluation"
 *   ./ns3 run "m3-train convert old.pt new.pt --scope=network"
 *   ./ns3 run "m3-train --from=first.pt --mix=second.pt --checkpoint=model.pt"
 *   ./ns3 run "m3-train --from=first.pt --join=second.pt --checkpoint=both.pt"
 *   ./ns3 run "m3-train --data=other --from=both.pt --gate --checkpoint=model.pt --epochs=1"
 *   ./ns3 run "m3-train --from=model.pt --errors=other --note='for our racks' --checkpoint=rated.pt"
 *   ./ns3 run "m3-train --model=published --data=maps --checkpoint=model.pt --batch=80 --rate=3e-4"
 *   ./ns3 run "m3-train --model=published --transformer=llama.bin --perceptron=mlp.bin --checkpoint=model.pt"
 */
#include "provenance.h"

#include "nn/flow-model.h"
#include "nn/legacy-checkpoint.h"
#include "nn/published-model.h"
#include "nn/torch-setup.h"
#include "ns3/m3-input-error.h"
#include "ns3/m3-output-paths.h"
#include "ns3/m3-program-options.h"
#include "ns3/m3-run-program.h"
#include "training/evaluation-report.h"
#include "training/origins.h"
#include "training/path-map-file.h"
#include "training/sample-file.h"
#include "training/trainer.h"

#include <algorithm>
#include <iostream>
#include <optional>
#include <thread>

using namespace ns3::m3;

namespace
{

constexpr const char* DEVICE_HELP = "cpu, cuda, or auto: cuda where it is available";
constexpr const char* THREADS_HELP = "number of threads (0: one per processor)";
const std::vector<std::string> DEVICES{"auto", "cpu", "cuda"};

struct Options
{
    TrainOptions train;
    FlowModelShape flowShape;
    PublishedModelShape publishedShape;
    std::string model = "flow";
    std::string mix;
    std::string join;
    double share = 0.5;
    std::string errors;
    std::string note;
    std::string transformer;
    std::string perceptron;
    uint32_t threads = 0; //!< 0: one per processor
};

struct EvaluateOptions
{
    std::string checkpoint;
    std::string data;
    std::string out;
    uint32_t every = 1;
    std::string device = "auto";
    uint32_t threads = 0; //!< 0: one per processor
};

/// Checks that the options go together. \throws InputError
void Check(const Options& options)
{
    const bool published = options.model == "published";
    const bool converts = !options.transformer.empty() || !options.perceptron.empty();
    if (converts)
    {
        if (!published || options.transformer.empty() || options.perceptron.empty() || options.train.checkpoint.empty())
        {
            throw InputError(
                "a published checkpoint needs --model=published, --transformer, --perceptron and --checkpoint");
        }
        return;
    }
    if (!options.mix.empty() || !options.join.empty())
    {
        if (published || options.train.from.empty() || options.train.checkpoint.empty() ||
            options.mix.empty() == options.join.empty())
        {
            throw InputError("--mix and --join, one of them, need --model=flow, --from and --checkpoint");
        }
        return;
    }
    if (!options.errors.empty() || !options.note.empty())
    {
        if (options.train.from.empty() || options.train.checkpoint.empty() || (published && !options.errors.empty()))
        {
            throw InputError("--errors and --note need --from and --checkpoint, --errors also --model=flow");
        }
        return;
    }
    if (options.train.data.empty() || options.train.checkpoint.empty())
    {
        throw InputError("needs --data and --checkpoint; see --help");
    }
}

void StartTorch(uint32_t threads)
{
    const std::string warning = SetUpTorch(threads > 0 ? threads : std::max(1U, std::thread::hardware_concurrency()));
    if (!warning.empty())
    {
        std::cerr << "m3-train: " << warning << '\n';
    }
}

/// Sets the held-out errors of a model, and prints them.
void RateOn(const std::string& data, FlowModel& model)
{
    if (ReadSamples(SampleFiles(data).front()).scope != model.TrainedScope())
    {
        throw InputError(data,
                         0,
                         "",
                         "holds samples of another scope (network or paths) than the model was trained for");
    }
    const Evaluation evaluation = Evaluate(model, data, 1);
    model.SetErrors(FitErrorScale(evaluation.networks));
    if (model.Errors().IsKnown())
    {
        std::cout << "prediction intervals by what a network is like, from " << model.Errors().networks
                  << " networks\n";
    }
    else
    {
        std::cout << "prediction intervals are the same for all networks with PFC, and without: there are "
                  << evaluation.networks.size() << " networks, fewer than the " << MIN_HELD_OUT
                  << " that tell which estimates are off by more\n";
    }
    for (const bool pfc : {true, false})
    {
        const HeldOutErrors errors = HeldOutErrorsOf(evaluation, pfc);
        model.SetHeldOut(pfc, errors);
        std::cout << errors.networks << " networks " << (pfc ? "with" : "without") << " PFC";
        if (errors.networks > 0)
        {
            std::cout << ": packet-level p99 " << errors.truthOverEstimate.low << " to "
                      << errors.truthOverEstimate.high << " times that of the model on 95 % of them";
        }
        std::cout << '\n';
    }
}

/// Writes --from again with --note before its description.
template <typename Model>
void SaveWithNote(Model& model, const Options& options)
{
    if (!options.note.empty())
    {
        model.SetDescription(options.note + "; " + model.Description());
    }
    model.Save(options.train.checkpoint, false);
    std::cout << "written: " << options.train.checkpoint << '\n';
}

/// Writes --from mixed with --mix, or joined with --join.
void SaveBoth(const Options& options)
{
    FlowModel model(options.train.from);
    const FlowModel other(options.mix.empty() ? options.join : options.mix);
    options.mix.empty() ? model.JoinWith(other) : model.MixWith(other, options.share);
    const auto from = ModelOrigin::FromDescription(model.Description());
    const auto with = ModelOrigin::FromDescription(other.Description());
    model.SetDescription(
        (options.mix.empty() ? JoinedOrigin(from, with) : MixedOrigin(from, with, options.share)).Description());
    model.Save(options.train.checkpoint, false);
    std::cout << "written: " << options.train.checkpoint << '\n';
}

int Train(const Options& options)
{
    Check(options);
    OutputPaths paths;
    paths.AddFile(options.train.checkpoint);
    StartTorch(options.threads);
    const bool published = options.model == "published";
    if (!options.transformer.empty())
    {
        PublishedModel::FromPublishedFiles(options.transformer, options.perceptron)
            .Save(options.train.checkpoint, false);
        std::cout << "written: " << options.train.checkpoint << '\n';
    }
    else if (!options.mix.empty() || !options.join.empty())
    {
        SaveBoth(options);
    }
    else if (!options.errors.empty() || !options.note.empty())
    {
        if (published)
        {
            PublishedModel model(options.train.from);
            SaveWithNote(model, options);
        }
        else
        {
            FlowModel model(options.train.from);
            if (!options.errors.empty())
            {
                RateOn(options.errors, model);
            }
            SaveWithNote(model, options);
        }
    }
    else
    {
        published ? TrainPublishedModel(options.train, options.publishedShape, std::cout)
                  : TrainFlowModel(options.train, options.flowShape, std::cout);
    }
    return 0;
}

int EvaluateCheckpoint(const EvaluateOptions& options)
{
    if (options.data.empty() || options.checkpoint.empty())
    {
        throw InputError("evaluate needs --data and --checkpoint; see evaluate --help");
    }
    OutputPaths paths;
    paths.AddFolder(options.out);
    StartTorch(options.threads);
    const auto evaluate = [&options](auto&& model)
    {
        model.UseDevice(options.device);
        return Evaluate(model, options.data, options.every);
    };
    const Evaluation evaluation = HoldsPathMaps(options.data) ? evaluate(PublishedModel(options.checkpoint))
                                                              : evaluate(FlowModel(options.checkpoint));
    PrintEvaluation(evaluation, std::cout);
    if (!options.out.empty())
    {
        WriteEvaluation(evaluation, options.out);
        std::cout << "written to " << options.out << '\n';
    }
    return 0;
}

constexpr uint64_t MAX_THREADS = 4096;

int MainOfEvaluate(int argc, char* argv[])
{
    EvaluateOptions options;
    ProgramOptions program("Gives the errors of a checkpoint on samples.");
    program.Add("checkpoint", "checkpoint file of either model", options.checkpoint, "FILE");
    program.Add("data", "folder of sample files", options.data, "FOLDER");
    program.Add("every",
                "use only every N-th file; with the N of --hold-out in training, these are the held-out networks",
                options.every,
                CountOption(1));
    program.Add("out", "folder for the tables as CSV and JSON, and a plot", options.out, "FOLDER");
    program.Add("device", DEVICE_HELP, options.device, ChoiceOption(DEVICES));
    program.Add("threads", THREADS_HELP, options.threads, CountOption(0, MAX_THREADS));
    return program.Parse(argc, argv) ? EvaluateCheckpoint(options) : 0;
}

void AddShapeOptions(ProgramOptions& program, FlowModelShape& flow, PublishedModelShape& published)
{
    constexpr uint64_t DEEPEST = 32;
    constexpr uint64_t WIDEST = 65'536;
    program.AddParsed("width",
                      "width of a token (default: 64; published model: 576)",
                      "N",
                      "",
                      [&](auto option, auto text)
                      { flow.width = published.width = static_cast<uint32_t>(ParseCount(option, text, 1, WIDEST)); });
    program.AddParsed("layers",
                      "number of attention layers (default: 1; published model: 4)",
                      "N",
                      "",
                      [&](auto option, auto text) {
                          flow.layers = published.layers = static_cast<uint32_t>(ParseCount(option, text, 1, DEEPEST));
                      });
    program.Add("perceptrons",
                "number of perceptron layers on each hop before attention, flow model only",
                flow.perceptrons,
                CountOption(0, DEEPEST));
    program.Add("hidden",
                "width of the hidden layer of each block, published model only",
                published.hidden,
                CountOption(1, WIDEST));
}

int MainOfConvert(int argc, char* argv[])
{
    std::string from;
    std::string to;
    std::string scope;
    ProgramOptions program("Converts a checkpoint of an older m3 to the current format.");
    program.AddWord("OLD", from);
    program.AddWord("NEW", to);
    program.Add("scope",
                "scope that a model of single flows was trained for, where the checkpoint does not say",
                scope,
                ChoiceOption({"network", "paths"}));
    if (!program.Parse(argc, argv))
    {
        return 0;
    }
    ConvertLegacyCheckpoint(from,
                            to,
                            scope.empty() ? std::nullopt
                                          : std::make_optional(scope == "paths" ? Scope::PATHS : Scope::NETWORK));
    std::cout << "written: " << to << '\n';
    return 0;
}

int MainOfTraining(int argc, char* argv[])
{
    constexpr double MAX_RATE = 1000;
    Options options;
    TrainOptions& train = options.train;
    train.commit = ProgramCommit();
    ProgramOptions program(
        "Trains a model on samples of m3-datagen. \"m3-train evaluate\" gives the errors of a checkpoint, see "
        "evaluate --help; \"m3-train convert OLD NEW\" converts a checkpoint of an older m3 to the current format.");
    program.Add("model", "model to train", options.model, ChoiceOption({"flow", "published"}));
    program.Add("data", "folder of sample files", train.data, "FOLDER");
    program.Add("checkpoint", "checkpoint file to write", train.checkpoint, "FILE");
    program.Add("from", "checkpoint to fine-tune from", train.from, "FILE");
    program.Add("mix",
                "checkpoint whose weights are mixed with those of --from; input ranges are taken from it",
                options.mix,
                "FILE");
    program.Add(
        "join",
        "checkpoint whose network answers beside that of --from; a gate, to be trained by --gate, says for each "
        "flow what share either has",
        options.join,
        "FILE");
    program.Add("pooled",
                "weight, 0 to 100, of what the distribution of all flows of a network together is off by, beside "
                "what single flows are; above 0 a step has the flows of a few networks, so take a large --batch",
                train.pooledWeight,
                RealOption(0, MAX_POOLED_WEIGHT));
    program.Add("gate", "train the gate of a joined model alone", train.gateAlone);
    program.Add("share", "share of --from in the mix", options.share, ShareOption());
    program.Add(
        "errors",
        "folder of sample files of held-out networks: writes --from again with its errors on them, which prediction "
        "intervals are made from",
        options.errors,
        "FOLDER");
    program.Add("note", "writes --from again with this text before its description", options.note);
    program.Add("epochs",
                "number of epochs; 0: only write the input ranges of the data into the checkpoint",
                train.epochs,
                CountOption());
    program.Add("batch", "number of flows or paths per step", train.batch, CountOption(1));
    program.Add("rate", "initial learning rate", train.learningRate, RealOption(0, MAX_RATE));
    AddShapeOptions(program, options.flowShape, options.publishedShape);
    program.Add("seed", "seed of the weights and of the order of samples", train.seed, CountOption());
    program.Add("hold-out", "hold out every N-th network for validation (0: none)", train.holdOutEvery, CountOption());
    program.Add("save-seconds",
                "seconds between saves of the training state, from which an interrupted training continues; 0: after "
                "every step",
                train.saveSeconds,
                RealOption(0));
    program.Add("device", DEVICE_HELP, train.device, ChoiceOption(DEVICES));
    program.Add("threads", THREADS_HELP, options.threads, CountOption(0, MAX_THREADS));
    program.Add("transformer", "transformer file of the published checkpoint to convert", options.transformer, "FILE");
    program.Add("perceptron", "perceptron file of the published checkpoint to convert", options.perceptron, "FILE");
    return program.Parse(argc, argv) ? Train(options) : 0;
}

} // namespace

int main(int argc, char* argv[])
{
    return RunProgram(
        "m3-train",
        [&]
        {
            const std::string command = argc > 1 && argv[1][0] != '-' ? argv[1] : "";
            if (command.empty())
            {
                return MainOfTraining(argc, argv);
            }
            if (command != "evaluate" && command != "convert")
            {
                throw InputError("unknown command '" + command + "'; there are evaluate and convert, see --help");
            }
            std::string program = "m3-train " + command;
            argv[1] = program.data();
            return command == "convert" ? MainOfConvert(argc - 1, argv + 1) : MainOfEvaluate(argc - 1, argv + 1);
        });
}
