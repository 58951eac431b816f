// SPDX-License-Identifier: GPL-2.0-only
// Evaluation of models whose predictions are known, on samples whose errors are then known too.
#include "temporary-folder.h"

#include "features/feature-schema.h"
#include "features/input-ranges.h"
#include "ns3/m3-input-error.h"
#include "ns3/m3-slowdown-report.h"
#include "training/evaluation-report.h"
#include "training/path-map-file.h"
#include "training/sample-file.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <sstream>

using namespace ns3::m3;

namespace
{

std::size_t InputCalled(const std::string& name)
{
    for (std::size_t i = 0; i < FLOW_INPUTS; i++)
    {
        if (FLOW_INPUT_NAMES[i].text == name)
        {
            return i;
        }
    }
    ADD_FAILURE() << "no input " << name;
    return 0;
}

/// Predicts every flow the same distribution.
class SameForAll : public CorrectionModel
{
  public:
    std::vector<float> quantiles; //!< QUANTILES
    ErrorScale errors;

    std::vector<float> Predict(const FlowFeatures& flows, uint32_t /*threads*/) override
    {
        std::vector<float> all;
        for (std::size_t i = 0; i < flows.Count(); i++)
        {
            all.insert(all.end(), quantiles.begin(), quantiles.end());
        }
        return all;
    }

    const InputRanges& Ranges() const override
    {
        return m_ranges;
    }

    HeldOutErrors HeldOut(bool /*pfc*/) const override
    {
        return {};
    }

    const ErrorScale& Errors() const override
    {
        return errors;
    }

    Scope TrainedScope() const override
    {
        return Scope::NETWORK;
    }

    std::string Description() const override
    {
        return "a \"model\"";
    }

  private:
    InputRanges m_ranges;
};

/// Predicts the same percentile everywhere.
class SamePercentile : public PathMapModel
{
  public:
    std::vector<float> Predict(const PathMaps& paths) override
    {
        return std::vector<float>(paths.Count() * PATH_LABELS, 3);
    }

    std::string Description() const override
    {
        return "paths";
    }
};

class EvaluationOf : public ::testing::Test
{
  protected:
    void SetUp() override
    {
        folder = TemporaryFolder() /
                 ("m3-evaluation-" + std::string(::testing::UnitTest::GetInstance()->current_test_info()->name()));
        std::filesystem::remove_all(folder);
        std::filesystem::create_directories(folder);
    }

    void TearDown() override
    {
        std::filesystem::remove_all(folder);
    }

    /// Flows with a fluid slowdown, of 500 B, on one link each.
    void WriteNetwork(const std::string& name,
                      const std::string& control,
                      bool pfc,
                      const std::vector<float>& slowdown,
                      double fluid) const
    {
        TrainingSamples samples;
        samples.features.hopBegin = {0};
        for (float value : slowdown)
        {
            std::vector<float> flow(FLOW_INPUTS, 0);
            flow[InputCalled("fluid slowdown")] = static_cast<float>(std::log(fluid));
            flow[InputCalled("PFC")] = pfc;
            flow[InputCalled(control)] = 1;
            samples.features.flow.insert(samples.features.flow.end(), flow.begin(), flow.end());
            samples.features.hop.insert(samples.features.hop.end(), HOP_INPUTS, 0);
            samples.features.hopBegin.push_back(samples.features.hopBegin.back() + 1);
            samples.slowdown.push_back(value);
            samples.sizeBytes.push_back(500);
        }
        WriteSamples(samples, (folder / (name + SAMPLE_EXTENSION)).string());
    }

    static const QuantileErrors& Row(const Evaluation& evaluation, const std::string& group, double level)
    {
        for (const QuantileErrors& row : evaluation.quantiles)
        {
            if (row.group == group && row.level == level)
            {
                return row;
            }
        }
        throw std::runtime_error("no row " + group);
    }

    std::filesystem::path folder;
};

} // namespace

TEST(PredictedQuantileOf, IsLinearBetweenTheLevels)
{
    std::vector<float> values;
    for (uint32_t i = 0; i < QUANTILES; i++)
    {
        values.push_back(static_cast<float>(1 + 2 * QuantileLevel(i)));
    }
    for (double level : {0.01, 0.3, 0.5, 0.9, 0.99})
    {
        EXPECT_NEAR(PredictedQuantile(values.data(), level), 1 + 2 * level, 1e-6) << level;
    }
    EXPECT_EQ(PredictedQuantile(values.data(), 0), values.front());
    EXPECT_EQ(PredictedQuantile(values.data(), 1), values.back());
}

TEST_F(EvaluationOf, FlowsSaysHowFarPacketsAreFromTheModel)
{
    SameForAll model;
    model.quantiles.assign(QUANTILES, 2);
    for (int i = 0; i <= 40; i++) // ratios 1, 1.05, ... 3
    {
        const float slowdown = 2 * (1 + 0.05F * static_cast<float>(i));
        WriteNetwork("000000" + std::to_string(10 + i), "HPCC", true, std::vector<float>(1000, slowdown), 1);
    }
    WriteNetwork("00000051", "HPCC", true, std::vector<float>(999, 1000), 1); // too few flows
    WriteNetwork("00000052", "HPCC", false, std::vector<float>(1000, 5), 1);
    const Evaluation evaluation = Evaluate(model, folder.string(), 1);
    const HeldOutErrors with = HeldOutErrorsOf(evaluation, true);
    EXPECT_EQ(with.networks, 41U);
    EXPECT_NEAR(with.truthOverEstimate.low, 1.05, 0.03);
    EXPECT_NEAR(with.truthOverEstimate.high, 2.95, 0.03);
    const HeldOutErrors without = HeldOutErrorsOf(evaluation, false);
    EXPECT_EQ(without.networks, 1U);
    EXPECT_NEAR(without.truthOverEstimate.low, 2.5, 1e-6);
    EXPECT_EQ(HeldOutErrorsOf(Evaluation(), true).networks, 0U);
}

TEST_F(EvaluationOf, AllFlowsAreMixedAsTheNetworkHasThem)
{
    // as many flows of 500 B, slowdown 2, as of 5 kB, slowdown 10, were kept of three times as many large ones
    TrainingSamples samples;
    samples.features.hopBegin = {0};
    for (uint32_t i = 0; i < 120; i++)
    {
        samples.features.flow.insert(samples.features.flow.end(), FLOW_INPUTS, 0);
        samples.features.hop.insert(samples.features.hop.end(), HOP_INPUTS, 0);
        samples.features.hopBegin.push_back(i + 1);
        samples.features.flow[i * FLOW_INPUTS + HAS_PFC] = i % 2 ? 1 : 0;
        samples.features.hop[i * HOP_INPUTS + LOG_POOL] = i % 4 < 2 ? -2 : 1;
        samples.slowdown.push_back(i % 2 ? 10 : 2);
        samples.sizeBytes.push_back(i % 2 ? 5000 : 500);
    }
    samples.classFlows = {1000, 3000, 0, 0};
    samples.origin.scenario = "incast: 3 hosts";
    WriteSamples(samples, (folder / "00000000.m3s").string());
    samples.classFlows = {3000, 1000, 0, 0};
    WriteSamples(samples, (folder / "00000001.m3s").string());
    SameForAll model;
    model.quantiles.assign(QUANTILES, 2);
    const Evaluation evaluation = Evaluate(model, folder.string(), 1);
    const auto median =
        std::find_if(evaluation.quantiles.begin(),
                     evaluation.quantiles.end(),
                     [](const QuantileErrors& row) { return row.sizeClass == "all flows" && row.level == 0.5; });
    ASSERT_NE(median, evaluation.quantiles.end());
    EXPECT_NEAR(median->model.mean, (0.8 + 0) / 2, 1e-6); // packets have 10 and 2
    EXPECT_EQ(evaluation.points.front().flows, 60U) << "those kept";
    ASSERT_EQ(evaluation.networks.size(), 2U);
    EXPECT_NEAR(evaluation.networks[0].logError, std::log(10.0 / 2), 1e-6);
    // 60 flows of a class tell of its p50 and p95, not of its p99; no flow is of the third class, and of all 120 the
    // p25 is 2 and the p50 10 where three quarters are of the second
    const auto errorOf = [&](std::size_t row, std::size_t level)
    { return evaluation.networks[0].logErrors.at(row * ERROR_LEVELS.size() + level); };
    EXPECT_NEAR(errorOf(0, 1), 0, 1e-6);
    EXPECT_NEAR(errorOf(1, 1), std::log(5), 1e-6);
    EXPECT_NEAR(errorOf(1, 4), std::log(5), 1e-6);
    EXPECT_TRUE(std::isnan(errorOf(1, 5)));
    EXPECT_TRUE(std::isnan(errorOf(2, 1)));
    EXPECT_NEAR(errorOf(4, 1), std::log(5), 1e-6);
    EXPECT_NEAR(evaluation.networks[1].logErrors.at(4 * ERROR_LEVELS.size() + 1), 0, 1e-6);
    EXPECT_EQ(evaluation.networks[0].kind, "incast");
    const NetworkProfile& profile = evaluation.networks[0].profile;
    EXPECT_NEAR(profile.at(PROFILE_SIZE - 3), std::log(4000), 1e-5);
    // half of the flows of each class are short of buffer by exp(2); three quarters of all have PFC
    EXPECT_NEAR(profile.at(PROFILE_SIZE - 2), 0.75 * 0.5 * 2, 1e-5);
    EXPECT_NEAR(profile.at(PROFILE_SIZE - 1), 0.25 * 0.5 * 2, 1e-5);
    EXPECT_TRUE(evaluation.intervals.empty());
}

TEST_F(EvaluationOf, IntervalsAreCountedByKind)
{
    SameForAll model;
    model.quantiles.assign(QUANTILES, 2);
    for (int i = 0; i < 50; i++)
    {
        WriteNetwork("000000" + std::to_string(10 + i), "HPCC", true, std::vector<float>(60, 2 + 0.01F * i), 1 + i % 7);
    }
    model.errors = FitErrorScale(Evaluate(model, folder.string(), 1).networks);
    ASSERT_TRUE(model.errors.IsKnown());
    WriteNetwork("00000060", "HPCC", true, std::vector<float>(60, 40), 3);  // off by more than any
    WriteNetwork("00000061", "TIMELY", true, std::vector<float>(60, 2), 3); // under a control that none had
    const std::vector<IntervalErrors> intervals = Evaluate(model, folder.string(), 1).intervals;
    ASSERT_EQ(intervals.size(), 2U);
    EXPECT_EQ(intervals[0].kind, "usual");
    EXPECT_EQ(intervals[1].kind, "all");
    EXPECT_EQ(intervals[1].networks, 52U);
    EXPECT_GE(intervals[1].unlike, 1U);
    EXPECT_LE(intervals[1].unlike, 3U); // 2 % of those that it was fitted to, and the last
    EXPECT_LT(intervals[1].held, intervals[1].networks - intervals[1].unlike) << "one is off by far";
    EXPECT_GE(static_cast<double>(intervals[1].held), 0.9 * 50);
    const std::vector<QuantileIntervals> quantiles = Evaluate(model, folder.string(), 1).quantileIntervals;
    const auto median =
        std::find_if(quantiles.begin(),
                     quantiles.end(),
                     [](const QuantileIntervals& row) { return row.sizeClass == "all flows" && row.level == 0.5; });
    ASSERT_NE(median, quantiles.end());
    EXPECT_EQ(median->networks, 52 - intervals[1].unlike);
    EXPECT_EQ(median->held, intervals[1].held) << "all flows of a network have one slowdown";
    EXPECT_GT(median->medianWidth, 1);
    EXPECT_TRUE(std::none_of(quantiles.begin(), quantiles.end(), [](const auto& row) { return row.networks == 0; }));
    EXPECT_GT(intervals[1].medianWidth, 1);
}

TEST_F(EvaluationOf, FlowsHasTheErrorsThatItMustHave)
{
    // the model says 2 for every flow, flowSim 1
    SameForAll model;
    model.quantiles.assign(QUANTILES, 2);
    WriteNetwork("00000000", "HPCC", true, std::vector<float>(100, 4), 1);       // model -50 %, fluid -75 %
    WriteNetwork("00000001", "TIMELY", false, std::vector<float>(300, 1.6F), 1); // +25 %, -37.5 %
    WriteNetwork("00000002", "TIMELY", false, std::vector<float>(40, 100), 1);   // too few flows for quantiles
    const Evaluation evaluation = Evaluate(model, folder.string(), 1);
    EXPECT_EQ(evaluation.files, 3U);
    ASSERT_EQ(evaluation.points.size(), 4U) << "two networks, one class and all flows";
    EXPECT_EQ(evaluation.points.front().network, "00000000");
    EXPECT_EQ(evaluation.points.front().control, "hpcc");
    EXPECT_NEAR(evaluation.points.front().truth, 4, 1e-6);
    EXPECT_NEAR(evaluation.points.front().model, 2, 1e-6);
    EXPECT_NEAR(evaluation.points.front().fluid, 1, 1e-6);
    for (double level : {0.5, 0.99})
    {
        const QuantileErrors& all = Row(evaluation, "all", level);
        EXPECT_EQ(all.count, 2U);
        EXPECT_NEAR(all.model.mean, (0.5 + 0.25) / 2, 1e-6);
        EXPECT_NEAR(all.fluid.mean, (0.75 + 0.375) / 2, 1e-6);
        EXPECT_NEAR(all.model.signedMedian, (-0.5 + 0.25) / 2, 1e-6);
        EXPECT_NEAR(Row(evaluation, "hpcc", level).model.signedMedian, -0.5, 1e-6);
        EXPECT_NEAR(Row(evaluation, "PFC on", level).model.median, 0.5, 1e-6);
        EXPECT_NEAR(Row(evaluation, "PFC off", level).model.median, 0.25, 1e-6);
        EXPECT_NEAR(Row(evaluation, "timely", level).fluid.median, 0.375, 1e-6);
        EXPECT_THROW(Row(evaluation, "dctcp", level), std::runtime_error);
    }
    const FlowErrors& flows = evaluation.flows.front();
    EXPECT_EQ(flows.flows, 440U);
    EXPECT_NEAR(flows.modelMean, (100 * 0.5 + 300 * 0.25 + 40 * 0.98) / 440, 1e-6);
    EXPECT_NEAR(flows.fluidMean, (100 * 0.75 + 300 * 0.375 + 40 * 0.99) / 440, 1e-6);
    // of 440 flows the 396th and 397th from below are next to the 90th percentile
    EXPECT_NEAR(flows.modelP90, 0.5, 1e-6);
    // the levels have the mean 0.5 by their weights, not by their number
    double level = 0;
    for (uint32_t i = 0; i < QUANTILES; i++)
    {
        level += QuantileLevel(i) / QUANTILES;
    }
    EXPECT_NEAR(flows.modelLoss,
                (100 * level * std::log(2) + 300 * (1 - level) * std::log(1.25) + 40 * level * std::log(50)) / 440,
                1e-6);
    EXPECT_NEAR(flows.fluidLoss, level * (100 * std::log(4) + 300 * std::log(1.6) + 40 * std::log(100)) / 440, 1e-6);
    for (double share : flows.below)
    {
        EXPECT_NEAR(share, 300.0 / 440, 1e-6);
    }
    ASSERT_EQ(evaluation.calibration.size(), QUANTILES);
    EXPECT_NEAR(evaluation.calibration.back().second, 300.0 / 440, 1e-6);
    EXPECT_EQ(Evaluate(model, folder.string(), 2).files, 1U);
    EXPECT_THROW(Evaluate(model, (folder / "none").string(), 1), InputError);
}

TEST_F(EvaluationOf, CalibrationIsExactWhereThePredictionIsTheTruth)
{
    // slowdowns spread evenly over 1 .. 2, and a model that says so
    std::vector<float> slowdown;
    constexpr int FLOWS = 1000;
    for (int i = 0; i < FLOWS; i++)
    {
        slowdown.push_back(static_cast<float>(1 + (i + 0.5) / FLOWS));
    }
    SameForAll model;
    for (uint32_t i = 0; i < QUANTILES; i++)
    {
        model.quantiles.push_back(static_cast<float>(1 + QuantileLevel(i)));
    }
    WriteNetwork("00000000", "DCTCP", true, slowdown, 1);
    const Evaluation evaluation = Evaluate(model, folder.string(), 1);
    for (const auto& [level, share] : evaluation.calibration)
    {
        EXPECT_NEAR(share, level, 1.0 / FLOWS);
    }
    for (std::size_t l = 0; l < CALIBRATION_LEVELS.size(); l++)
    {
        EXPECT_NEAR(evaluation.flows.front().below[l], CALIBRATION_LEVELS[l], 1.0 / FLOWS);
    }
    EXPECT_LT(Row(evaluation, "dctcp", 0.5).model.median, 0.02);
}

TEST_F(EvaluationOf, CalibrationIsExactWhereManyFlowsHaveTheLeastSlowdown)
{
    // 55 % at 1, as predicted, the others evenly over 1 .. 2
    constexpr double SHARE_AT_ONE = 0.55; // a level of the model's
    constexpr int FLOWS = 2000;
    std::vector<float> slowdown;
    for (int i = 0; i < FLOWS; i++)
    {
        const double level = (i + 0.5) / FLOWS;
        slowdown.push_back(
            static_cast<float>(level < SHARE_AT_ONE ? 1 : 1 + (level - SHARE_AT_ONE) / (1 - SHARE_AT_ONE)));
    }
    SameForAll model;
    for (uint32_t i = 0; i < QUANTILES; i++)
    {
        const double above = std::max(0.0, (QuantileLevel(i) - SHARE_AT_ONE) / (1 - SHARE_AT_ONE));
        model.quantiles.push_back(static_cast<float>(1 + above));
    }
    WriteNetwork("00000000", "DCTCP", true, slowdown, 1);
    const Evaluation evaluation = Evaluate(model, folder.string(), 1);
    for (const auto& [level, share] : evaluation.calibration)
    {
        EXPECT_NEAR(share, level, 1.0 / FLOWS);
    }
    // one value for every level: above all flows, and at those that are at 1
    std::fill(model.quantiles.begin(), model.quantiles.end(), 3.0F);
    EXPECT_NEAR(Evaluate(model, folder.string(), 1).calibration.front().second, 1, 1e-6);
    std::fill(model.quantiles.begin(), model.quantiles.end(), 1.0F);
    EXPECT_NEAR(Evaluate(model, folder.string(), 1).flows.front().below[0], SHARE_AT_ONE / 2, 1e-3);
}

TEST_F(EvaluationOf, PathsHasTheErrorsThatItMustHave)
{
    PathMapSamples samples;
    for (const uint32_t flows : {19U, 20U}) // of the largest size class; the first path has too few
    {
        samples.maps.rowBegin.push_back(samples.maps.rowBegin.back() + 2);
        samples.maps.slowdown.insert(samples.maps.slowdown.end(), 2 * MAP_ROW_INPUTS, 1);
        samples.maps.parameters.insert(samples.maps.parameters.end(), PATH_PARAMETERS, 0);
        samples.maps.parameters[samples.maps.parameters.size() - PATH_PARAMETERS + 7] = 1; // PFC off
        samples.maps.parameters[samples.maps.parameters.size() - PATH_PARAMETERS + 9] = 1; // DCQCN
        samples.maps.flows.insert(samples.maps.flows.end(), {0, 0, 0, flows});
        samples.labels.insert(samples.labels.end(), PATH_LABELS, 2);
    }
    samples.labels.back() = 100;                   // the last percentile is not asked for
    samples.labels[samples.labels.size() - 2] = 4; // the 99th of the second path
    WritePathMaps(samples, (folder / (std::string("00000000") + PATH_MAP_EXTENSION)).string());
    EXPECT_TRUE(HoldsPathMaps(folder.string()));
    SamePercentile model;
    const Evaluation evaluation = Evaluate(model, folder.string(), 1);
    EXPECT_EQ(Row(evaluation, "all", 0.5).count, 1U);
    EXPECT_NEAR(Row(evaluation, "all", 0.5).model.mean, 0.5, 1e-6);
    EXPECT_NEAR(Row(evaluation, "dcqcn", 0.99).model.signedMedian, -0.25, 1e-6);
    EXPECT_EQ(Row(evaluation, "PFC off", 0.99).sizeClass, SizeClasses().Name(3));
    EXPECT_TRUE(std::isnan(Row(evaluation, "all", 0.99).fluid.mean));
    EXPECT_TRUE(evaluation.flows.empty());
    std::ostringstream text;
    PrintEvaluation(evaluation, text);
    EXPECT_EQ(text.str().find("nan"), std::string::npos) << text.str();
}

TEST_F(EvaluationOf, FilesHoldWhatWasComputed)
{
    SameForAll model;
    model.quantiles.assign(QUANTILES, 2);
    WriteNetwork("00000000", "HPCC", true, std::vector<float>(100, 4), 1);
    const Evaluation evaluation = Evaluate(model, folder.string(), 1);
    const std::filesystem::path out = folder / "deeper" / "out";
    WriteEvaluation(evaluation, out.string());
    for (const char* name :
         {"quantiles.csv", "flows.csv", "calibration.csv", "points.csv", "evaluation.json", "p99.png", "p99.svg"})
    {
        EXPECT_GT(std::filesystem::file_size(out / name), 100U) << name;
    }
    std::ifstream file(out / "evaluation.json");
    const auto json = nlohmann::json::parse(file);
    EXPECT_EQ(json["model"], "a \"model\"");
    EXPECT_EQ(json["files"], 1);
    EXPECT_EQ(json["quantiles"].size(), evaluation.quantiles.size());
    EXPECT_EQ(json["flows"].size(), evaluation.flows.size());
    EXPECT_EQ(json["flows"][0]["mean"], 0.5);
    EXPECT_NEAR(json["flows"][0]["loss"].get<double>() / json["flows"][0]["flowsim_loss"].get<double>(), 0.5, 1e-5);
    EXPECT_EQ(json["points"][0]["flowsim"], 1);
    EXPECT_EQ(json["calibration"].size(), QUANTILES);
    std::ifstream csv(out / "points.csv");
    std::string line;
    std::getline(csv, line);
    EXPECT_EQ(line, "network,pfc,control,class,p99,estimate,flowsim");
    std::getline(csv, line);
    EXPECT_EQ(line, "\"00000000\",\"on\",\"hpcc\",\"[0, 1 KB)\",4,2,1");
    // a file where the folder should be
    EXPECT_THROW(WriteEvaluation(evaluation, (out / "points.csv").string()), InputError);
}
