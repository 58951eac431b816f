// SPDX-License-Identifier: GPL-2.0-only
// Public fields of trainings, and models whose numbers are none. Linked with the library m3-learning.
#include "temporary-folder.h"

#include "features/feature-schema.h"
#include "features/flow-features.h"
#include "features/input-ranges.h"
#include "nn/flow-model.h"
#include "nn/model-checkpoint.h"
#include "nn/torch-setup.h"
#include "ns3/m3-input-error.h"
#include "training/sample-file.h"
#include "training/trainer.h"

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <limits>
#include <sstream>

using namespace ns3::m3;

namespace
{

constexpr double NOT_A_RATE = std::numeric_limits<double>::quiet_NaN();

FlowModelShape Tiny()
{
    return {4, 1, 1, 2, 4};
}

TrainingSamples TenFlows()
{
    TrainingSamples samples;
    for (uint32_t i = 0; i <= 10; i++)
    {
        samples.features.hopBegin.push_back(i);
    }
    for (uint32_t i = 0; i < 10; i++)
    {
        samples.features.flow.insert(samples.features.flow.end(), FLOW_INPUTS, 0.1F * static_cast<float>(i));
        samples.features.hop.insert(samples.features.hop.end(), HOP_INPUTS, 0.1F * static_cast<float>(i));
    }
    samples.slowdown.assign(10, 2);
    samples.sizeBytes.assign(10, 1000);
    return samples;
}

} // namespace

TEST(Trainer, RefusesOptionsOutOfTheirRanges)
{
    const std::filesystem::path folder = TemporaryFolder() / "trainer";
    std::filesystem::create_directories(folder);
    WriteSamples(TenFlows(), (folder / "0.m3s").string());
    TrainOptions options;
    options.data = folder.string();
    options.checkpoint = (folder / "m.pt").string();
    options.device = "cpu";
    std::ostringstream log;
    const auto expect = [&](const std::string& message, void (*change)(TrainOptions&, FlowModelShape&))
    {
        TrainOptions wrong = options;
        FlowModelShape shape = Tiny();
        change(wrong, shape);
        try
        {
            TrainFlowModel(wrong, shape, log);
            ADD_FAILURE() << message;
        }
        catch (const InputError& error)
        {
            EXPECT_NE(std::string(error.what()).find(message), std::string::npos) << error.what();
        }
        EXPECT_FALSE(std::filesystem::exists(options.checkpoint)) << message;
    };
    expect("batch must be at least 1", [](TrainOptions& o, FlowModelShape&) { o.batch = 0; });
    expect("learning rate", [](TrainOptions& o, FlowModelShape&) { o.learningRate = NOT_A_RATE; });
    expect("learning rate", [](TrainOptions& o, FlowModelShape&) { o.learningRate = 0; });
    expect("learning rate", [](TrainOptions& o, FlowModelShape&) { o.learningRate = -1e-3; });
    expect("learning rate",
           [](TrainOptions& o, FlowModelShape&) { o.learningRate = std::numeric_limits<double>::infinity(); });
    expect("seconds between saves", [](TrainOptions& o, FlowModelShape&) { o.saveSeconds = NOT_A_RATE; });
    expect("seconds between saves", [](TrainOptions& o, FlowModelShape&) { o.saveSeconds = -1; });
    expect("a training needs", [](TrainOptions& o, FlowModelShape&) { o.data = ""; });
    expect("device must be auto, cpu or cuda", [](TrainOptions& o, FlowModelShape&) { o.device = "tpu"; });
    expect("holds nothing to train on", [](TrainOptions& o, FlowModelShape&) { o.holdOutEvery = 1; });
    expect("number of heads", [](TrainOptions&, FlowModelShape& s) { s.heads = 3; });
    expect("layers must be 1 to 32", [](TrainOptions&, FlowModelShape& s) { s.layers = 0; });
    options.checkpoint = "";
    expect("a training needs", [](TrainOptions&, FlowModelShape&) {});
}

TEST(FlowModel, MakesNoStepOfALossThatIsNotFinite)
{
    TrainingSamples samples = TenFlows();
    FlowModel model(Tiny(), samples.features, 1);
    const std::vector<float> before = model.Predict(samples.features, 1);
    samples.slowdown[3] = std::numeric_limits<float>::quiet_NaN();
    EXPECT_TRUE(std::isnan(model.TrainStep(samples, {1, 2, 3}, 1e-3)));
    EXPECT_EQ(model.Steps(), 0U);
    EXPECT_EQ(model.Predict(samples.features, 1), before);
    EXPECT_GT(model.TrainStep(samples, {1, 2}, 1e-3), 0);
    EXPECT_EQ(model.Steps(), 1U);
    EXPECT_NE(model.Predict(samples.features, 1), before);
}

TEST(FlowModel, NeitherSavesNorGivesNumbersThatAreNone)
{
    const TrainingSamples samples = TenFlows();
    FlowModel model(Tiny(), samples.features, 1);
    EXPECT_THROW(model.TrainStep(samples, {0}, 1e38), InputError);
    EXPECT_THROW(model.TrainStep(samples, {0}, NOT_A_RATE), InputError);
    const std::string file = (TemporaryFolder() / "not-finite.pt").string();
    InputRanges ranges = RangesOf(samples.features);
    ranges.hopHigh[3] = std::numeric_limits<float>::infinity();
    model.SetRanges(ranges);
    EXPECT_THROW(model.Save(file, false), InputError);
    EXPECT_FALSE(std::filesystem::exists(file));
    model.SetRanges({});
    model.Save(file, false);
    // each of these steps makes weights ten thousand times as large
    int steps = 0;
    while (std::isfinite(model.TrainStep(samples, {0, 1, 2, 3}, MAX_LEARNING_RATE)))
    {
        ASSERT_LT(++steps, 100);
    }
    EXPECT_THROW(model.Predict(samples.features, 1), InputError);
}

TEST(FlowModel, KeepsTheScopeOfItsSamples)
{
    const std::string file = (TemporaryFolder() / "scope.pt").string();
    const TrainingSamples samples = TenFlows();
    FlowModel model(Tiny(), samples.features, 1);
    EXPECT_EQ(model.TrainedScope(), Scope::NETWORK);
    model.SetTrainedScope(Scope::PATHS);
    model.Save(file, false);
    FlowModel read(file);
    EXPECT_EQ(read.TrainedScope(), Scope::PATHS);
    read.MixWith(FlowModel(Tiny(), samples.features, 2), 0.5);
    EXPECT_EQ(read.TrainedScope(), Scope::PATHS) << "that of the first of a mix";
    EXPECT_NO_THROW(read.RequireScope(Scope::PATHS, file));
    EXPECT_THROW(read.RequireScope(Scope::NETWORK, file), InputError);
    EXPECT_THROW(read.RequireScope(Scope::WINDOWS, file), InputError);
    EXPECT_NO_THROW(model.RequireScope(Scope::PATHS, file));
    model.SetTrainedScope(Scope::NETWORK);
    EXPECT_NO_THROW(model.RequireScope(Scope::WINDOWS, file));
    EXPECT_THROW(model.RequireScope(Scope::PATHS, file), InputError);
}

TEST(FlowModel, TrainsOnFromItsStateAsIfItHadNotStopped)
{
    const std::string file = (TemporaryFolder() / "state.pt").string();
    const TrainingSamples samples = TenFlows();
    FlowModel model(Tiny(), samples.features, 1);
    const std::vector<uint32_t> batch{0, 1, 2, 3, 4, 5, 6, 7, 8, 9};
    for (int i = 0; i < 5; i++)
    {
        model.TrainStep(samples, batch, 1e-2);
    }
    model.SetTraining({"settings\n", "curve\n", 1.5, 2});
    model.Save(file, true);
    FlowModel read(file);
    ASSERT_NE(read.Training(), nullptr);
    EXPECT_EQ(read.Training()->curve, "curve\n");
    EXPECT_EQ(read.Steps(), 5U);
    for (int i = 0; i < 5; i++)
    {
        EXPECT_EQ(read.TrainStep(samples, batch, 1e-2), model.TrainStep(samples, batch, 1e-2)) << i;
    }
    EXPECT_EQ(read.Predict(samples.features, 1), model.Predict(samples.features, 1));
    model.Save(file, false);
    EXPECT_EQ(FlowModel(file).Training(), nullptr) << "a checkpoint is for prediction alone";
}
