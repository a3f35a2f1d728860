"""An S3-compatible store in memory (moto) with one bucket that everybody may read, on a port that the system chooses.

Prints its address, and ends when standard input does.
"""

import json
import sys

import boto3
from moto.server import ThreadedMotoServer

server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
host, port = server.get_host_and_port()
url = f"http://{host}:{port}"
s3 = boto3.client(
    "s3", endpoint_url=url, region_name="us-east-1", aws_access_key_id="test", aws_secret_access_key="test"
)
s3.create_bucket(Bucket="directives")
statement = {
    "Effect": "Allow",
    "Principal": "*",
    "Action": "s3:GetObject",
    "Resource": "arn:aws:s3:::directives/*",
}
s3.put_bucket_policy(
    Bucket="directives", Policy=json.dumps({"Version": "2012-10-17", "Statement": [statement]})
)
print(url, flush=True)
sys.stdin.read()
server.stop()
