// SPDX-License-Identifier: GPL-2.0-only
#include "size-distribution.h"

#include "core/module-folder.h"
#include "core/text-format.h"
#include "ns3/m3-input-error.h"
#include "ns3/m3-numbers.h"
#include "ns3/m3-text-file.h"

#include <boost/math/distributions/normal.hpp>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <functional>

namespace ns3::m3
{

namespace
{

constexpr double LARGEST_SIZE = 1e15; //!< of a flow, bytes
constexpr double LARGEST_SIGMA = 10;

uint64_t WholeBytes(double bytes)
{
    return std::max<int64_t>(1, std::llround(std::min(bytes, LARGEST_SIZE)));
}

class TableDistribution : public SizeDistribution
{
  public:
    explicit TableDistribution(std::vector<CdfPoint> points)
        : m_points(std::move(points))
    {
    }

    uint64_t Sample(RandomStream& random) const override
    {
        const double percent = random.Uniform(0, 100);
        const auto above = std::upper_bound(m_points.begin(),
                                            m_points.end(),
                                            percent,
                                            [](double value, const CdfPoint& point) { return value < point.second; });
        if (above == m_points.begin())
        {
            return WholeBytes(above->first);
        }
        const auto below = std::prev(above);
        const double fraction = (percent - below->second) / (above->second - below->second);
        return WholeBytes(below->first + fraction * (above->first - below->first));
    }

    double Mean() const override
    {
        double mean = std::max(1.0, m_points.front().first) * m_points.front().second / 100;
        for (std::size_t i = 1; i < m_points.size(); i++)
        {
            const auto& [low, before] = m_points[i - 1];
            const auto& [high, upTo] = m_points[i];
            mean += MeanBetween(low, high) * (upTo - before) / 100;
        }
        return mean;
    }

  private:
    /// Mean of sizes that are spread evenly from `low` to `high`, those below 1 byte being 1.
    static double MeanBetween(double low, double high)
    {
        if (low >= 1)
        {
            return (low + high) / 2;
        }
        return high <= 1 ? 1 : (1 - low + (high - 1) * (high + 1) / 2) / (high - low);
    }

    std::vector<CdfPoint> m_points;
};

class ConstantDistribution : public SizeDistribution
{
  public:
    explicit ConstantDistribution(double bytes)
        : m_bytes(bytes)
    {
    }

    uint64_t Sample(RandomStream&) const override
    {
        return WholeBytes(m_bytes);
    }

    double Mean() const override
    {
        return m_bytes;
    }

  private:
    double m_bytes;
};

/// A distribution that is given by its mean.
class MeanDistribution : public SizeDistribution
{
  public:
    explicit MeanDistribution(double mean)
        : m_mean(mean)
    {
    }

    double Mean() const override
    {
        return m_mean;
    }

  protected:
    const double m_mean; //!< B
};

class ExponentialDistribution : public MeanDistribution
{
  public:
    using MeanDistribution::MeanDistribution;

    uint64_t Sample(RandomStream& random) const override
    {
        return WholeBytes(m_mean * random.Exponential());
    }
};

class LognormalDistribution : public MeanDistribution
{
  public:
    LognormalDistribution(double mean, double sigma)
        : MeanDistribution(mean),
          m_sigma(sigma)
    {
    }

    uint64_t Sample(RandomStream& random) const override
    {
        return WholeBytes(m_mean * std::exp(m_sigma * random.Normal() - m_sigma * m_sigma / 2));
    }

  private:
    double m_sigma;
};

class ParetoDistribution : public MeanDistribution
{
  public:
    ParetoDistribution(double mean, double shape)
        : MeanDistribution(mean),
          m_shape(shape)
    {
    }

    uint64_t Sample(RandomStream& random) const override
    {
        const double smallest = m_mean * (m_shape - 1) / m_shape;
        return WholeBytes(smallest * std::pow(1 - random.Uniform(), -1 / m_shape));
    }

  private:
    double m_shape;
};

class GaussianDistribution : public SizeDistribution
{
  public:
    GaussianDistribution(double mean, double deviation)
        : m_mean(mean),
          m_deviation(deviation)
    {
    }

    uint64_t Sample(RandomStream& random) const override
    {
        while (true)
        {
            const double bytes = m_mean + m_deviation * random.Normal();
            if (bytes >= 1)
            {
                return WholeBytes(bytes);
            }
        }
    }

    /// Of the normal distribution truncated below at 1 byte.
    double Mean() const override
    {
        const boost::math::normal standard;
        const double cut = (1 - m_mean) / m_deviation;
        return m_mean + m_deviation * pdf(standard, cut) / cdf(complement(standard, cut));
    }

  private:
    double m_mean;
    double m_deviation;
};

/// \throws InputError unless the table is one
void CheckTable(const std::vector<CdfPoint>& points, const std::function<void(std::size_t, std::string)>& fail)
{
    constexpr double ALL = 100; // percent
    for (std::size_t i = 0; i < points.size(); i++)
    {
        const auto& [bytes, percent] = points[i];
        if (!(bytes >= 0 && bytes <= LARGEST_SIZE && percent >= 0 && percent <= ALL))
        {
            fail(i, "bytes must be in 0..10^15 and percent in 0..100");
        }
        if (i > 0 && (points[i].first < points[i - 1].first || points[i].second < points[i - 1].second))
        {
            fail(i, "bytes and percent must not fall from line to line");
        }
    }
    if (points.empty() || points.back().second != 100 || points.back().first < 1)
    {
        fail(points.size(), "the last line must say 100 percent of a size of at least 1 byte");
    }
}

std::vector<CdfPoint> WithoutLeadingZeros(std::vector<CdfPoint> points)
{
    // "0 0" says where the table begins, not that there are sizes down to 0
    if (points.front().first == 0 && points.front().second == 0)
    {
        points.erase(points.begin());
    }
    return points;
}

std::unique_ptr<SizeDistribution> ReadTable(const std::string& file)
{
    TextReader reader(file);
    std::vector<CdfPoint> points;
    const auto fail = [&reader](std::size_t, const std::string& message) { reader.Fail("percent", message); };
    while (reader.Next())
    {
        if (reader.Fields() != 2)
        {
            reader.Fail("", "needs two fields, bytes and percent");
        }
        points.emplace_back(reader.Number(0, "bytes", 0, LARGEST_SIZE), reader.Number(1, "percent", 0, 100));
        if (points.size() > 1)
        {
            const auto& before = points[points.size() - 2];
            if (points.back().first < before.first || points.back().second < before.second)
            {
                fail(0, "bytes and percent must not fall from line to line");
            }
        }
    }
    CheckTable(points, fail);
    return std::make_unique<TableDistribution>(WithoutLeadingZeros(points));
}

} // namespace

std::unique_ptr<SizeDistribution> MakeTableDistribution(const std::vector<CdfPoint>& points)
{
    CheckTable(points,
               [](std::size_t i, const std::string& message)
               { throw InputError("size table, point " + std::to_string(i + 1) + ": " + message); });
    return std::make_unique<TableDistribution>(WithoutLeadingZeros(points));
}

std::unique_ptr<SizeDistribution> ParseSizeDistribution(const std::string& text)
{
    const auto wrong = [&text](const std::string& message) { return InputError("sizes '" + text + "': " + message); };
    const std::size_t colon = text.find(':');
    if (colon != std::string::npos)
    {
        const std::string family = text.substr(0, colon);
        std::vector<double> values;
        for (const std::string& item : SplitList(text.substr(colon + 1)))
        {
            values.push_back(ParseReal("sizes '" + text + "'", item));
            if (values.back() <= 0 || values.back() > LARGEST_SIZE)
            {
                throw wrong(Quoted(item) + " is not a number above 0 and up to 10^15");
            }
        }
        const auto need = [&](std::size_t count, const std::string& names)
        {
            if (values.size() != count)
            {
                throw wrong("needs " + names);
            }
            if (values[0] < 1)
            {
                throw wrong("the mean must be at least 1 byte");
            }
        };
        if (family == "constant")
        {
            need(1, "constant:BYTES");
            return std::make_unique<ConstantDistribution>(values[0]);
        }
        if (family == "exponential")
        {
            need(1, "exponential:MEAN");
            return std::make_unique<ExponentialDistribution>(values[0]);
        }
        if (family == "lognormal")
        {
            need(2, "lognormal:MEAN,SIGMA");
            if (values[1] > LARGEST_SIGMA)
            {
                throw wrong("sigma must be at most 10");
            }
            return std::make_unique<LognormalDistribution>(values[0], values[1]);
        }
        if (family == "pareto")
        {
            need(2, "pareto:MEAN,SHAPE");
            if (values[1] <= 1)
            {
                throw wrong("the shape must be above 1, or the mean is infinite");
            }
            return std::make_unique<ParetoDistribution>(values[0], values[1]);
        }
        if (family == "gaussian")
        {
            need(2, "gaussian:MEAN,DEVIATION");
            return std::make_unique<GaussianDistribution>(values[0], values[1]);
        }
        throw wrong("unknown family; there are constant, exponential, lognormal, pareto, gaussian");
    }
    if (std::filesystem::is_regular_file(text))
    {
        return ReadTable(text);
    }
    const std::string name = LowerCase(text);
    for (const char* table : {"webserver", "hadoop", "cachefollower", "websearch", "alistorage", "googlerpc", "fbhdp"})
    {
        if (name == table)
        {
            return ReadTable(DataFolder() + "/" + name + ".cdf");
        }
    }
    throw wrong("no such table or file; there are WebServer, Hadoop, CacheFollower, WebSearch, AliStorage, GoogleRPC, "
                "FbHdp, a file of 'bytes percent' lines, and constant:, exponential:, lognormal:, pareto:, gaussian:");
}

std::string DataFolder()
{
    const char* folder = std::getenv("M3_DATA_DIR");
    return folder ? folder : ModuleFolder() + "/traces";
}

} // namespace ns3::m3
