// SPDX-License-Identifier: GPL-2.0-only
/**
 * Trains a model on what m3-datagen made: the per-flow model, or with --model=published that of the published m3, whose
 * own checkpoint it also reads. With the command `evaluate` it says how good a checkpoint of either is; `convert` makes
 * a checkpoint of today of one that an m3 of before wrote.
 *
 *   ./ns3 run "m3-train --data=data --checkpoint=model.pt --epochs=5"
 *   ./ns3 run "m3-train evaluate --data=data --checkpoint=model.pt --out=evaluation"
 *   ./ns3 run "m3-train convert old.pt new.pt --scope=network"
 *   ./ns3 run "m3-train --from=first.pt --mix=second.pt --checkpoint=model.pt"
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

constexpr const char* DEVICE_HELP = "cpu, cuda, or auto: cuda where there is one";
constexpr const char* THREADS_HELP = "that share the work (0: one per processor)";
const std::vector<std::string> DEVICES{"auto", "cpu", "cuda"};

struct Options
{
    TrainOptions train;
    FlowModelShape flowShape;
    PublishedModelShape publishedShape;
    std::string model = "flow";
    std::string mix;
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

/// Checks what the options say together. \throws InputError
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
    if (!options.mix.empty())
    {
        if (published || options.train.from.empty() || options.train.checkpoint.empty())
        {
            throw InputError("--mix needs --model=flow, --from and --checkpoint");
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

/// Prints and notes how far a model is off on networks that no training saw.
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
    for (const bool pfc : {true, false})
    {
        const HeldOutErrors errors = HeldOutErrorsOf(evaluation, pfc);
        model.SetHeldOut(pfc, errors);
        std::cout << errors.networks << " networks " << (pfc ? "with" : "without") << " PFC";
        if (errors.networks > 0)
        {
            std::cout << ": p99 by packets " << errors.truthOverEstimate.low << " to " << errors.truthOverEstimate.high
                      << " times that of the model on 95 % of them";
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
    else if (!options.mix.empty())
    {
        FlowModel model(options.train.from);
        const FlowModel other(options.mix);
        model.MixWith(other, options.share);
        const ModelOrigin origin = MixedOrigin(ModelOrigin::FromDescription(model.Description()),
                                               ModelOrigin::FromDescription(other.Description()),
                                               options.share);
        model.SetDescription(origin.Description());
        model.Save(options.train.checkpoint, false);
        std::cout << "written: " << options.train.checkpoint << '\n';
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
    ProgramOptions program("Says how good a checkpoint is.");
    program.Add("checkpoint", "of either model", options.checkpoint, "FILE");
    program.Add("data", "folder of sample files", options.data, "FOLDER");
    program.Add("every",
                "take only each so many-th file; that of training's hold-out gives the networks left out",
                options.every,
                CountOption(1));
    program.Add("out", "folder for the tables as CSV and JSON, and a picture", options.out, "FOLDER");
    program.Add("device", DEVICE_HELP, options.device, ChoiceOption(DEVICES));
    program.Add("threads", THREADS_HELP, options.threads, CountOption(0, MAX_THREADS));
    return program.Parse(argc, argv) ? EvaluateCheckpoint(options) : 0;
}

void AddShapeOptions(ProgramOptions& program, FlowModelShape& flow, PublishedModelShape& published)
{
    constexpr uint64_t DEEPEST = 32;
    constexpr uint64_t WIDEST = 65'536;
    program.AddParsed("width",
                      "of a token (default 64; published 576)",
                      "N",
                      "",
                      [&](auto option, auto text)
                      { flow.width = published.width = static_cast<uint32_t>(ParseCount(option, text, 1, WIDEST)); });
    program.AddParsed("layers",
                      "of attention (default 1; published 4)",
                      "N",
                      "",
                      [&](auto option, auto text) {
                          flow.layers = published.layers = static_cast<uint32_t>(ParseCount(option, text, 1, DEEPEST));
                      });
    program.Add("perceptrons",
                "on each hop alone, before attention; of the flow model",
                flow.perceptrons,
                CountOption(0, DEEPEST));
    program.Add("hidden", "of the published model's blocks", published.hidden, CountOption(1, WIDEST));
}

int MainOfConvert(int argc, char* argv[])
{
    std::string from;
    std::string to;
    std::string scope;
    ProgramOptions program("Writes a checkpoint of an older m3 in today's format.");
    program.AddWord("OLD", from);
    program.AddWord("NEW", to);
    program.Add("scope",
                "what a model of single flows was trained for, which older checkpoints do not say",
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
        "Trains a model on what m3-datagen made. \"m3-train evaluate\" says how good a checkpoint is, "
        "see evaluate --help; \"m3-train convert OLD NEW\" writes a checkpoint of an older m3 in today's format.");
    program.Add("model", "what is trained", options.model, ChoiceOption({"flow", "published"}));
    program.Add("data", "folder of sample files", train.data, "FOLDER");
    program.Add("checkpoint", "file to write", train.checkpoint, "FILE");
    program.Add("from", "checkpoint to start from", train.from, "FILE");
    program.Add("mix",
                "checkpoint whose weights are mixed with those of --from; ranges are taken from it",
                options.mix,
                "FILE");
    program.Add("share", "of --from in the mix", options.share, ShareOption());
    program.Add(
        "errors",
        "folder of sample files of networks that no training saw: writes --from again with how far it is off on "
        "them, which estimates by it then say",
        options.errors,
        "FOLDER");
    program.Add("note", "writes --from again with this text before what it says of itself", options.note);
    program.Add("epochs",
                "0: only note the ranges of the data's inputs in the checkpoint",
                train.epochs,
                CountOption());
    program.Add("batch", "flows or paths per step", train.batch, CountOption(1));
    program.Add("rate", "of learning, at first", train.learningRate, RealOption(0, MAX_RATE));
    AddShapeOptions(program, options.flowShape, options.publishedShape);
    program.Add("seed", "of weights and of the order of samples", train.seed, CountOption());
    program.Add("hold-out",
                "keep every so many-th network for validation, 0 for none",
                train.holdOutEvery,
                CountOption());
    program.Add("save-seconds",
                "between saves of the state that a training goes on by when it was stopped; 0: after every step",
                train.saveSeconds,
                RealOption(0));
    program.Add("device", DEVICE_HELP, train.device, ChoiceOption(DEVICES));
    program.Add("threads", THREADS_HELP, options.threads, CountOption(0, MAX_THREADS));
    program.Add("transformer", "published checkpoint to convert", options.transformer, "FILE");
    program.Add("perceptron", "its second file", options.perceptron, "FILE");
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
